"""What the benchmarks have in common: maps to measure on, whole processes timed in turn, limits."""
import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEMORY = "/dev/shm"  # files that cost no disk
NOT_PINNED, NOT_PERMITTED = 73, 77  # exit statuses of create


def parsed(parser):
    """The options of the command line, those of every benchmark among them."""
    parser.add_argument("--binary", default=str(ROOT / "build/release/cmd/percpumap"))
    parser.add_argument("--floor", default=str(ROOT / "build/dev/tests/bench/floor"))
    parser.add_argument("--bpftool", default="/usr/sbin/bpftool", help="'' leaves out what is measured of it")
    parser.add_argument("--no-limits", action="store_true", help="end with 0 although a limit is missed")
    options = parser.parse_args()
    for program in options.binary, options.floor, options.bpftool:
        if program and not os.access(program, os.X_OK):
            sys.exit(f"{program} is not there; ours are built with: cmake --preset release && cmake --build --preset "
                     "release, and: cmake --preset dev && cmake --build --preset dev")
    return options


def scratch():
    """A directory in memory, gone at the end of its with."""
    return tempfile.TemporaryDirectory(prefix="percpumap-bench-", dir=MEMORY)


class Map:
    """A pinned map of the numbers 0 … entries - 1, gone at the end of its with."""

    def __init__(self, options, entries, value, backend="syscall"):
        self.options, self.entries, self.value, self.backend = options, entries, value, backend
        self.pin = f"/sys/fs/bpf/percpumap-bench-{os.getpid()}-{entries}-{value}"

    def __enter__(self):
        create = self.percpumap("-q", "create", self.pin, "key", "8", "value", str(self.value), "entries", str(self.entries))
        done = subprocess.run(create, stderr=subprocess.PIPE, text=True)
        if done.returncode in (NOT_PINNED, NOT_PERMITTED):
            skip(done.stderr.splitlines()[0])
        if done.returncode != 0:
            sys.exit(done.stderr.strip())
        try:
            self.fill()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        subprocess.run(self.percpumap("-q", "unpin", self.pin), check=True)

    def percpumap(self, *words):
        return [self.options.binary, "--backend", self.backend, *words]

    def floor(self, mode, *words):
        return [self.options.floor, self.backend, mode, self.pin, *words]

    def bare(self, mode, *words):
        """Runs the bare loop; the seconds that its calls took."""
        done = subprocess.run(self.floor(mode, *words), check=True, stdout=subprocess.PIPE, text=True)
        return float(done.stdout.split()[2])

    def fill(self):
        return self.bare("fill", str(self.entries))

    def emptied(self, run):
        """What `run` returns on the map without its entries."""
        self.bare("drain")
        return run()

    def lines(self, directory):
        """A file with every entry as import reads it."""
        path = f"{directory}/entries-{self.entries}-{self.value}.ndjson"
        with open(path, "wb") as out:
            subprocess.run(self.percpumap("-o", "ndjson", "dump", self.pin), check=True, stdout=out)
        return path


def skip(reason):
    print("skipped: " + reason)
    sys.exit(os.environ.get("PERCPUMAP_NO_SKIP") == "1")


def spawn(argv, files):
    return os.posix_spawnp(argv[0], argv, os.environ, file_actions=files)


def reap(argv, child):
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(f"failed: {' '.join(argv)}\nA current program is built with: cmake --preset release && "
                 "cmake --build --preset release")


def seconds(argv, out="/dev/null"):
    """Wall time of one process, from its start to its end."""
    before = time.perf_counter()
    reap(argv, spawn(argv, [(os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]))
    return time.perf_counter() - before


def seconds_piped(argv):
    """Wall time of `argv | cat > /dev/null`."""
    read_end, write_end = os.pipe()
    before = time.perf_counter()
    writer = spawn(argv, [(os.POSIX_SPAWN_DUP2, write_end, 1)])
    reader = spawn(["cat"], [(os.POSIX_SPAWN_DUP2, read_end, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    os.close(read_end)
    os.close(write_end)
    reap(argv, writer)
    reap(["cat"], reader)
    return time.perf_counter() - before


def seconds_to_new_file(argv, directory):
    """Wall time of `argv > FILE`, a file in `directory` that is not there yet."""
    path = f"{directory}/written"
    taken = seconds(argv, path)
    os.unlink(path)
    return taken


def medians(entrants, rounds, fewer=None):
    """Lets each function run once a round, in turn, those in `fewer` only in the first so many rounds; name → median of
    what it returned."""
    taken = {name: [] for name in entrants}
    for turn in range(rounds):
        for name, run in entrants.items():
            if turn < (fewer or {}).get(name, rounds):
                taken[name].append(run())
    return {name: statistics.median(each) for name, each in taken.items()}


@dataclasses.dataclass
class Figure:
    """One measured number beside what it may be at most, or must be at least."""
    number: float
    at_most: float | None = None
    at_least: float | None = None

    def missed(self):
        return (self.at_most is not None and self.number > self.at_most or
                self.at_least is not None and self.number < self.at_least)

    def limit(self, digits):
        if self.at_most is None and self.at_least is None:
            return ""
        word = f"≤ {self.at_most:.{digits}f}" if self.at_most is not None else f"≥ {self.at_least:.{digits}f}"
        return word + (" MISSED" if self.missed() else "")


def verdict(figures, options):
    """The exit status that the figures deserve."""
    missed = sum(figure.missed() for figure in figures)
    if missed:
        print(f"{missed} limits missed")
    return 1 if missed and not options.no_limits else 0
