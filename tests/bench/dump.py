#!/usr/bin/python3
"""What do a dump and an import of a large map take, against the bare system calls and against bpftool?

Fills maps with values of 8, 16 and 64 bytes, runs every command in turn, --rounds times, and prints the
medians as one table: whole processes, output to /dev/null unless the row says where to. --sizes and --memory print
other tables instead. Ends with 1 if a limit is missed. Needs root, a bpffs at /sys/fs/bpf, bpftool, time(1), 8 GB of
memory, and for its figures to mean anything two idle CPUs.
"""
import argparse
import os
import sys

import measure
import memory
import sizes
from measure import Figure

NUMBERS = ["--key-type", "u64", "--value-type", "u64"]
COUNTERS = ["--key-type", "u64", "--value-type", "{packets:u64,bytes:u64}"]
# Each is dumped with one job and with two: words → at most so many times the floor, by (jobs, bytes of a value).
DUMPS = {
    ("-j",): {(1, 8): 1.15, (1, 64): 1.3, (2, 8): 0.7, (2, 64): 0.8},
    ("-o", "csv"): {(2, 8): 0.8, (2, 64): 0.8},
    ("-o", "ndjson"): {(2, 8): 0.8, (2, 64): 0.8},
    ("-o", "table"): {(2, 8): 0.8, (2, 64): 0.8},
    ("-o", "pretty"): {},
    ("-o", "bpftool"): {},
    ("-o", "bpftool-json"): {},
}
DUMPS_OF_NUMBERS = {  # where a value is one number
    ("-j",): {},
    ("-j", "--sum", "--no-per-cpu"): {(2, 8): 0.6},
}
DUMPS_OF_COUNTERS = {  # where it is a structure of two
    ("-j",): {(2, 16): 0.9},
    ("--sum", "--top", "10"): {(2, 16): 0.65},
    ("-j", "--filter", "value.bytes>900000000"): {(2, 16): 0.7},  # a tenth of the entries
}
TYPED = {8: ("u64", NUMBERS, DUMPS_OF_NUMBERS), 16: ("struct", COUNTERS, DUMPS_OF_COUNTERS)}
FLOOR = "LOOKUP_BATCH, one thread: the floor"
HALVES = "LOOKUP_BATCH, two threads"
QUIET = 0.65  # of the floor is what two threads take at most where nothing else runs
BEST = "dump -j --jobs 2"
PIPE, FILE = " | cat", " > FILE on tmpfs"
TIMES_CAT = 1.3
CALLS = "LOOKUP_BATCH, one thread, its calls alone"
FILL = "UPDATE_BATCH, one thread, its calls alone"
BPFTOOL = f"bpftool -j map dump, times {BEST}"
TIMES_FASTER = {8: 15, 64: 35}
FEW = 100_000
IMPORT = "import, times UPDATE_BATCH"


def title(words, jobs, types=None):
    return " ".join(["dump", *words, *([f"({types})"] if types else []), "--jobs", str(jobs)])


def dumps(full, jobs):
    """title → (words, limits) of every dump to /dev/null."""
    found = {title(words, jobs): ([*words], limits) for words, limits in DUMPS.items()}
    if full.value in TYPED:
        types, options, typed = TYPED[full.value]
        for words, limits in typed.items():
            found[title(words, jobs, types)] = ([*words, *options], limits)
    return found


def readers(full, directory):
    """What only reads `full`, name → function that runs it once and returns the seconds."""
    written = f"{directory}/json"
    best = full.percpumap("dump", full.pin, "-j", "--jobs", "2")
    measure.seconds(best, written)
    entrants = {FLOOR: lambda: measure.seconds(full.floor("read")),
                CALLS: lambda: full.bare("read"),
                HALVES: lambda: measure.seconds(full.floor("halves"))}
    for jobs in 1, 2:
        for name, (words, _) in dumps(full, jobs).items():
            command = full.percpumap("dump", full.pin, *words, "--jobs", str(jobs))
            entrants[name] = lambda command=command: measure.seconds(command)
    for word, command in (BEST, best), ("cat", ["cat", written]):
        entrants[word + PIPE] = lambda command=command: measure.seconds_piped(command)
        entrants[word + FILE] = lambda command=command: measure.seconds_to_new_file(command, directory)
    if full.options.bpftool:
        judge = [full.options.bpftool, "-j", "map", "dump", "pinned", full.pin]
        entrants[BPFTOOL] = lambda: measure.seconds(judge)
    return entrants


def reading_rows(full, directory):
    """name → (seconds, Figure of the times the floor)."""
    taken = measure.medians(readers(full, directory), full.options.rounds, {BPFTOOL: full.options.bpftool_rounds})
    floor = taken[FLOOR]
    limits = {name: each.get((jobs, full.value)) for jobs in (1, 2) for name, (_, each) in dumps(full, jobs).items()}
    for where in PIPE, FILE:
        limits[BEST + where] = (floor + TIMES_CAT * taken["cat" + where]) / floor
    rows = {name: (each, Figure(each / floor, at_most=limits.get(name))) for name, each in taken.items()}
    if judge := taken.get(BPFTOOL):
        rows[BPFTOOL] = judge, Figure(judge / taken[BEST], at_least=TIMES_FASTER.get(full.value))
    return rows


def writing_rows(full, directory):
    """name → (seconds, Figure of the times the bare loop)."""
    importing = full.percpumap("-q", "import", full.pin, full.lines(directory))
    taken = measure.medians({FILL: lambda: full.emptied(full.fill),
                             IMPORT: lambda: full.emptied(lambda: measure.seconds(importing))}, full.options.rounds)
    # The text of an entry grows with its CPUs, the time of the call hardly does: the limit is that of two CPUs.
    limits = {IMPORT: 1.5} if os.sysconf("SC_NPROCESSORS_CONF") <= 2 else {}
    return {name: (each, Figure(each / taken[FILL], at_most=limits.get(name))) for name, each in taken.items()}


def batch_file(full, directory):
    """The updates of every entry as bpftool reads them."""
    path = f"{directory}/batch"
    with open(path, "w") as out:
        for number in range(full.entries):
            key = number.to_bytes(8, "little").hex(" ")
            value = (number * 1000).to_bytes(8, "little").hex(" ")
            out.write(f"map update pinned {full.pin} key hex {key} value hex {' '.join([value] * (full.value // 8))}\n")
    return path


def update_rows(few, directory):
    """name → (seconds, Figure of the times our import)."""
    importing = few.percpumap("-q", "import", few.pin, few.lines(directory))
    batch = [few.options.bpftool, "batch", "file", batch_file(few, directory)]
    ours, judge = f"import, {few.entries} entries", f"bpftool batch file, {few.entries} updates, times import"
    taken = measure.medians({ours: lambda: few.emptied(lambda: measure.seconds(importing)),
                             judge: lambda: few.emptied(lambda: measure.seconds(batch))}, few.options.bpftool_rounds)
    return {name: (each, Figure(each / taken[ours], at_least=12 if name == judge else None))
            for name, each in taken.items()}


def rows_for(options, value):
    with measure.scratch() as directory:
        with measure.Map(options, options.entries, value) as full:
            rows = reading_rows(full, directory) | writing_rows(full, directory)
        if not options.bpftool:
            return rows
        with measure.Map(options, min(FEW, options.entries), value) as few:
            return rows | update_rows(few, directory)


def cells(row):
    if row is None:
        return f"{'':10}{'':9}{'':15}"
    taken, figure = row
    return f"{taken:8.3f} s{figure.number:8.2f} {figure.limit(2):15}"


def table(options):
    columns = {value: rows_for(options, value) for value in options.values}
    names = list(dict.fromkeys(name for rows in columns.values() for name in rows))
    print(f"{options.entries} entries, 8-byte keys; medians of {options.rounds} rounds, of {options.bpftool_rounds} "
          f"with bpftool; {os.cpu_count()} CPUs, Linux {os.uname().release}")
    print(f"{'':56}" + "".join(f"{value:>2}-byte values: ratio, limit{'':7}" for value in columns))
    for name in names:
        print(f"{name:56}" + "".join(cells(rows.get(name)) for rows in columns.values()).rstrip())
    if any(rows[HALVES][0] > QUIET * rows[FLOOR][0] for rows in columns.values()):
        print("Two threads of the bare loop were hardly faster than one: these two CPUs were not idle.")
    return [figure for rows in columns.values() for _, figure in rows.values()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--bpftool-rounds", type=int, default=3)
    parser.add_argument("--values", type=int, nargs="+", default=[8, 16, 64], metavar="BYTES", help="sizes of values (8 16 64)")
    parser.add_argument("--sizes", action="store_const", const=sizes.table, dest="table",
                        help="cost per entry from 10,000 entries to --entries times 4")
    parser.add_argument("--memory", action="store_const", const=memory.table, dest="table",
                        help="peak memory with --entries times 4 and with the largest values")
    options = measure.parsed(parser)
    return measure.verdict((options.table or table)(options), options)


if __name__ == "__main__":
    sys.exit(main())
