"""Sessions of a shell as the manual and README show them, and places where they are replayed.

A session is a list of steps (command line, lines that it prints). Texts speak of a machine with the CPUs 0-1 that has
its simulated kernel in /tmp/machine, its files in the working directory, and its pins in /sys/fs/bpf.
"""

import os
import pathlib
import random
import re
import shutil
import string
import subprocess
import tempfile
import unittest

BPFFS = pathlib.Path("/sys/fs/bpf")
MACHINE = "the simulated kernel in /tmp/machine"


def parse(text, prompts="$"):
    """The steps of a text: a line "$ COMMAND", which goes on behind a backslash, and below it what it prints."""
    steps = []
    for line in text.splitlines():
        if steps and not steps[-1][1] and steps[-1][0].endswith("\\"):
            steps[-1] = (f"{steps[-1][0]}\n{line.removeprefix('> ')}", [])
        elif line[:1] in prompts and line[1:2] == " ":
            steps.append((line[2:], []))
        else:
            steps[-1][1].append(line)
    return steps


def text_of(steps):
    """As parse() takes it, without how long something took."""
    text = "".join("\n".join([f"$ {command}", *lines]) + "\n" for command, lines in steps)
    return re.sub(r"\b\d+\.\d+ s\b", "N s", text)


def skip(test, reason):
    """With PERCPUMAP_NO_SKIP=1 in the environment that is a failure."""
    if os.environ.get("PERCPUMAP_NO_SKIP") == "1":
        test.fail(f"skipped: {reason}")
    print(f"skipped: {reason}")
    test.skipTest(reason)


class Place:
    """A scratch directory with the program in it; gone at the end of its `with`."""

    def __init__(self, program):
        self.program = program

    def __enter__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="percpumap-documents-")
        os.symlink(self.program, f"{self.scratch.name}/percpumap")
        return self

    def __exit__(self, *exception):
        self.scratch.cleanup()

    def replay(self, steps):
        """The steps with what they print here, in the words of a text. A step can see what earlier calls have left."""
        script = "exec 2>&1\n" + "".join(f"echo '<{i}>'\n{line}\n" for i, (line, _) in enumerate(steps)) + "true\n"
        environment = {"PATH": f"{self.scratch.name}:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                       "HOME": self.scratch.name, "PERCPUMAP_BACKEND": self.here(self.backend)}
        answer = subprocess.run(["bash", "-c", self.here(script)], cwd=self.scratch.name, env=environment, text=True,
                                stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60)
        if answer.returncode != 0:
            raise AssertionError(f"the shell ended with {answer.returncode} and said:\n{answer.stdout}")
        parts = re.split(r"^<\d+>\n", self.as_told(answer.stdout), flags=re.M)[1:]
        return [(line, part.splitlines()) for (line, _), part in zip(steps, parts, strict=True)]

    def here(self, text):
        return text.replace("/tmp/machine", f"{self.scratch.name}/machine")

    def as_told(self, text):
        return text.replace(f"{self.scratch.name}/", "/tmp/")

    def check(self, test, shown):
        """Replays a session and compares."""
        test.maxDiff = None
        test.assertMultiLineEqual(self.comparable(self.replay(shown)), self.comparable(shown))

    def comparable(self, steps):
        """The text without what may differ from one run to the next."""
        return text_of(steps)


class Simulated(Place):
    """A simulated machine with the CPUs of the texts."""

    backend = "sim:/tmp/machine"

    def __enter__(self):
        place = super().__enter__()
        self.replay([("percpumap sim init --cpus 0-1", [])])
        return place


class Kernel(Place):
    """The running kernel: pins are in a directory of their own, maps have names of their own.

    These have the length of those in the text, for tables. The ids of maps are the kernel's, and not compared.
    """

    backend = "syscall"

    @staticmethod
    def skip_unless_usable(test, program):
        """Skips the test where sessions cannot be replayed on this kernel."""
        release = tuple(int(part) for part in re.match(r"(\d+)\.(\d+)", os.uname().release).groups())
        possible = pathlib.Path("/sys/devices/system/cpu/possible").read_text().strip()
        features = subprocess.run([program, "-b", "syscall", "-o", "csv", "feature"], stdout=subprocess.PIPE, text=True)
        missing = {line.split(",")[0] for line in features.stdout.splitlines()[1:] if line.split(",")[1] != "true"}
        if not (6, 12) <= release < (7, 0):
            skip(test, f"the texts show Linux 6.12 to 6.18, this is {os.uname().release}")
        if possible != "0-1":
            skip(test, f"the texts show the CPUs 0-1, this machine has {possible}")
        if missing & {"bpffs", "commands", "map_ids", "percpu_hash", "programs"}:
            skip(test, f"this process lacks {', '.join(sorted(missing))}, see percpumap-feature(8)")

    def __enter__(self):
        self.pins = BPFFS / f"percpumap-documents-{os.getpid()}"
        self.pins.mkdir()
        self.names = {}
        self.unused = "".join(random.sample(string.ascii_lowercase, 3))
        return super().__enter__()

    def __exit__(self, *exception):
        shutil.rmtree(self.pins)
        super().__exit__(*exception)

    def replay(self, steps):
        names = {name for line, _ in steps for name in re.findall(r" create .*\bname ([a-z]{4,})\b", line)}
        self.names |= {name: name[0] + self.unused + name[4:] for name in names}
        return super().replay([(line, said) for line, said in steps])

    def here(self, text):
        text = re.sub(r"(PERCPUMAP_BACKEND=)\S+", rf"\1{self.backend}", text)
        for name, own in self.names.items():
            text = re.sub(rf"\b{name}\b", own, text)
        return text.replace(f"{BPFFS}/", f"{self.pins}/")

    def as_told(self, text):
        for name, own in self.names.items():
            text = re.sub(rf"\b{own}\b", name, text)
        return super().as_told(text.replace(f"{self.pins}/", f"{BPFFS}/"))

    def comparable(self, steps):
        text = re.sub(r'(\bid +|"id": ?|^,id,,)\d+', r"\1N", super().comparable(steps), flags=re.M)
        return text.replace(MACHINE, "the real kernel")
