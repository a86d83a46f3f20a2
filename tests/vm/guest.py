"""Virtual machines to run tests in: their kernels, their files, their life.

A guest is QEMU's software emulation (KVM would be faster, and is not there where this project is built), a cloud kernel
of Debian and an initramfs with a static busybox, our programs and the libraries that they need. It has no disk and no network.
"""
import dataclasses
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KERNELS = {"5.10": "bullseye", "6.1": "bookworm", "6.12": "bookworm-backports", "7": "sid"}  # → suite of Debian
BEGIN = re.compile(r"@@begin (Linux \S+), possible (\S+), online (\S+)")
STATUS = re.compile(r"@@status (\d+)")
ATTEMPTS = 2


running = set()  # the processes of guests
stopped = threading.Event()


def stop_at_signals():
    """Lets SIGINT and SIGTERM end this program and its guests, and what it has made is removed."""
    def stop(number, _):
        stopped.set()
        for qemu in list(running):
            qemu.kill()
        sys.exit(128 + number)
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, stop)


class Unavailable(Exception):
    """A kernel, QEMU or a program is missing here; says why and what to do."""


class Lost(Exception):
    """A guest that did not come to its end: its console's last lines."""


@dataclasses.dataclass(frozen=True)
class Shape:
    """The CPUs of a guest: so many possible ones, and the list of those that are online (all where it is empty)."""
    cpus: int = 2
    online: str = ""

    def __post_init__(self):
        if self.cpus < 1 or not set(self.online_cpus()) <= set(range(self.cpus)) or 0 not in self.online_cpus():
            raise ValueError(f"of {self.cpus} possible CPUs those in '{self.online}' cannot be online; CPU 0 always is")

    def online_cpus(self):
        return parse_list(self.online) if self.online else list(range(self.cpus))

    def booted(self):
        """The kernel starts CPUs 0 … booted() - 1; starting 64 would take minutes."""
        return max(self.online_cpus()) + 1

    def offline(self):
        """Those that init takes offline again."""
        return [cpu for cpu in range(self.booted()) if cpu not in self.online_cpus()]

    def __str__(self):
        return f"{self.cpus} CPUs" + (f", {self.online} online" if self.online else "")


def parse_list(text):
    """"0,2-3" → [0, 2, 3]; ValueError for other words."""
    numbers = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def fetch(*words):
    done = subprocess.run([str(HERE / "fetch"), *map(str, words)], stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Unavailable(done.stderr.strip())


def cache():
    """Where fetched kernels are kept: outside the tree."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(os.environ.get("PERCPUMAP_VM_CACHE") or f"{home}/percpumap/kernels")


def kernel_image(kernel):
    """The image of a kernel: a release of KERNELS, fetched when the cache has it not, or a path."""
    if kernel in KERNELS:
        directory = cache() / kernel
        if not (directory / "vmlinuz").exists():
            fetch("kernel", KERNELS[kernel], directory)
        return directory / "vmlinuz"
    if not pathlib.Path(kernel).is_file():
        raise Unavailable(f"'{kernel}' is neither a kernel's image nor one of {', '.join(KERNELS)}")
    return pathlib.Path(kernel)


def libraries(program):
    """The paths of the shared libraries of a program; none for static ones."""
    found = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return re.findall(r"(/\S+) \(0x", found.stdout)


def archive(directory, path):
    """Packs a directory as a part of an initramfs, behind what `path` has already."""
    with open(path, "ab") as out:
        names = subprocess.run(["find", "."], cwd=directory, check=True, stdout=subprocess.PIPE).stdout
        packed = subprocess.run(["busybox", "cpio", "-o", "-H", "newc"], cwd=directory, input=names, check=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        subprocess.run(["gzip", "-1"], input=packed.stdout, check=True, stdout=out)


class Files:
    """What guests have in /t: programs (without symbols) and directories; removed at the end of its with."""

    def __init__(self, programs, directories=()):
        for program in programs:
            if not os.access(program, os.X_OK):
                raise Unavailable(f"{program} is not there; build it: cmake --preset dev && cmake --build --preset dev")
        self.programs, self.directories = programs, directories

    def __enter__(self):
        self.scratch = tempfile.mkdtemp(prefix="percpumap-vm-")
        self.tests = pathlib.Path(self.scratch, "root/t")
        self.tests.mkdir(parents=True)
        for program in self.programs:
            subprocess.run(["strip", "-g", "-o", self.tests / os.path.basename(program), program], check=True)
        for directory in self.directories:
            shutil.copytree(directory, self.tests / os.path.basename(directory))
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.scratch)

    def add(self, path):
        """Puts a program or a directory of this machine into the guests, under the path that it has here."""
        target = pathlib.Path(self.scratch, "root" + path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.isdir(path):
            shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("__pycache__", "test", "dist-packages"))
        else:
            shutil.copy2(path, target)

    def initramfs(self):
        """The packed files, made by the first caller."""
        packed = pathlib.Path(self.scratch, "initramfs")
        if not packed.exists():
            root = pathlib.Path(self.scratch, "root")
            (root / "bin").mkdir(exist_ok=True)
            shutil.copy2(shutil.which("busybox"), root / "bin/busybox")
            shutil.copy2(HERE / "init", root / "init")
            files = [path for path in root.rglob("*") if path.is_file() and os.access(path, os.X_OK) or path.suffix == ".so"]
            for library in sorted({each for path in files for each in libraries(path)}):
                (root / library[1:]).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(library, root / library[1:])
            archive(root, packed)
        return packed


def lines_of(process, timeout):
    """What a process prints, line by line; it is killed after so many seconds."""
    running.add(process)
    if stopped.is_set():
        process.kill()
    watchdog = threading.Timer(timeout, process.kill)
    watchdog.start()
    with process:
        try:
            for line in process.stdout:
                yield line.decode(errors="replace").replace("\r", "").rstrip("\n")
        finally:
            watchdog.cancel()
            process.kill()
            running.discard(process)


class Guest:
    """One boot after the other of a kernel in a shape."""

    def __init__(self, kernel, shape, memory=2048, timeout=600):
        self.kernel, self.shape, self.memory, self.timeout = kernel, shape, memory, timeout
        self.release = kernel  # as the guest itself says, once it runs
        self.losses = 0

    def run(self, files, command, show, again):
        """Runs a shell command in /t and gives each line that it prints to `show`; its exit status. A guest that hangs
        or crashes is booted once more, after `again` was given its last words; then Lost is raised."""
        while True:
            try:
                return self.boot(files, command, show)
            except Lost as lost:
                self.losses += 1
                if self.losses == ATTEMPTS or stopped.is_set():
                    raise
                again(str(lost))

    def boot(self, files, command, show):
        with tempfile.TemporaryDirectory(prefix="percpumap-guest-") as scratch:
            own = pathlib.Path(scratch, "own")
            own.mkdir()
            (own / "command").write_text(command)
            (own / "offline").write_text(" ".join(map(str, self.shape.offline())))
            initrd = pathlib.Path(scratch, "initrd")
            shutil.copyfile(files.initramfs(), initrd)
            archive(own, initrd)
            return self.follow(self.start(initrd), show)

    def start(self, initrd):
        words = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-smp", str(self.shape.cpus), "-m", str(self.memory),
                 "-nodefaults", "-nographic", "-serial", "stdio", "-net", "none", "-no-reboot",
                 "-kernel", str(kernel_image(self.kernel)), "-initrd", str(initrd),
                 "-append", f"console=ttyS0 quiet panic=-1 maxcpus={self.shape.booted()}"]
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                start_new_session=True)  # a Ctrl-C is for stop_at_signals()

    def follow(self, qemu, show):
        """Shows what stands between the marks, as it comes; the exit status behind the second."""
        console, begun, status = [], False, None
        for line in lines_of(qemu, self.timeout):
            console.append(line)
            if ended := STATUS.search(line):
                status = int(ended[1])
            elif begun and status is None:
                show(line)
            elif begin := BEGIN.search(line):
                begun = True
                self.check(begin)
                show(begin[0].removeprefix("@@begin "))
        if status is None:
            raise Lost("\n".join(console[-30:]))
        return status

    def check(self, begin):
        """That the guest has the CPUs which were asked for."""
        self.release = begin[1].removeprefix("Linux ")
        possible, online = parse_list(begin[2]), parse_list(begin[3])
        if possible != list(range(self.shape.cpus)) or online != self.shape.online_cpus():
            raise Unavailable(f"{begin[1]} has other CPUs than {self.shape}: possible {begin[2]}, online {begin[3]}")
