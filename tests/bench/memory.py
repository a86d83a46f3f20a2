"""How much memory do a dump and an import hold at most? Peaks of resident memory over a program that does nothing."""
import os
import subprocess

import measure
from measure import Figure

MEBIBYTE = 1 << 20
AT_MOST = 32
LARGEST = 32768
# "With the largest values at most a few of the largest buckets more": a bucket of a full map with as many buckets as
# entries holds rarely more than six.
ENTRIES_MORE = 3 * 6


def peak(argv, directory):
    """MiB that the command held at most."""
    path = f"{directory}/peak"
    # time(1) is small; a child of Python would have Python's own peak as its least.
    subprocess.run(["time", "--quiet", "--format=%M", "--output=" + path, *argv], check=True, stdout=subprocess.DEVNULL)
    with open(path) as lines:
        return int(lines.read()) / 1024


def peaks(full, directory):
    """name → MiB of the dumps and the import of one map. Leaves it full."""
    importing = full.percpumap("-q", "import", full.pin, full.lines(directory))
    taken = {"dump -j --jobs " + jobs: peak(full.percpumap("dump", full.pin, "-j", "--jobs", jobs), directory)
             for jobs in ("1", "2")}
    taken["import"] = full.emptied(lambda: peak(importing, directory))
    return taken


def rows(full, directory, base_name, base, row_bytes):
    """(name, MiB, Figure of the MiB above the base) of one map."""
    more = ENTRIES_MORE * row_bytes / MEBIBYTE if full.value == LARGEST else 0
    return [(base_name, base, None)] + [(name, each, Figure(each - base, at_most=AT_MOST + more))
                                        for name, each in peaks(full, directory).items()]


def on_kernel(options, entries, value):
    with measure.scratch() as directory, measure.Map(options, entries, value) as full:
        base = peak([options.binary, "--version"], directory)
        return rows(full, directory, "percpumap --version", base, os.cpu_count() * value)


def simulated(options, entries, value):
    """64 CPUs. The simulated kernel's memory is a file in the program's own, so the base is a bare loop over it."""
    with measure.scratch() as directory:
        backend = f"sim:{directory}/machine"
        subprocess.run([options.binary, "--backend", backend, "-q", "sim", "init", "--cpus", "0-63"], check=True)
        with measure.Map(options, entries, value, backend) as full:
            base = peak(full.floor("read"), directory)
            return rows(full, directory, "LOOKUP_BATCH loop", base, 64 * value)


def table(options):
    most = 4 * options.entries
    tables = {}
    for value, entries, fewer in (8, most, most // 80), (LARGEST, most // 4000, most // 80000):
        tables[f"{entries} entries, {value}-byte values"] = on_kernel(options, entries, value)
        tables[f"{fewer} entries, {value}-byte values, 64 simulated CPUs"] = simulated(options, fewer, value)
    print("peak resident memory in MiB, above the first line of each map, and the limit of that")
    for title, lines in tables.items():
        print(title)
        for name, mebibytes, figure in lines:
            above = "" if figure is None else f"{figure.number:9.1f} {figure.limit(1)}"
            print(f"  {name:30}{mebibytes:9.1f}{above}")
    return [figure for lines in tables.values() for _, _, figure in lines if figure is not None]
