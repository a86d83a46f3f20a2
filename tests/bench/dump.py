#!/usr/bin/python3
"""How long does it take to print a large map? Whole processes, percpumap beside bpftool.

Fills a map with --entries entries and dumps it to /dev/null with each command in turn, --rounds times. Prints the
medians and their ratio to `bpftool -j map dump`. Needs root, a bpffs at /sys/fs/bpf and bpftool.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIN = f"/sys/fs/bpf/percpumap-dump-{os.getpid()}"


def fill(binary, entries):
    subprocess.run([binary, "create", PIN, "key", "8", "value", "8", "entries", str(entries)], check=True)
    importing = subprocess.Popen([binary, "-q", "import", PIN, "--missing-cpu", "zero", "--key-type", "u64",
                                  "--value-type", "u64"], stdin=subprocess.PIPE, text=True)
    for number in range(entries):
        importing.stdin.write(f'{{"key":{number},"values":[{{"cpu":0,"value":{number * 1000}}}]}}\n')
    importing.stdin.close()
    if importing.wait() != 0:
        sys.exit("dump.py: the map could not be filled")


def seconds(command):
    before = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / "build/release/cmd/percpumap"))
    parser.add_argument("--bpftool", default="/usr/sbin/bpftool")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    judge = "bpftool -j map dump"
    commands = {judge: [options.bpftool, "-j", "map", "dump", "pinned", PIN],
                "bpftool map dump": [options.bpftool, "map", "dump", "pinned", PIN]}
    for words in (["-o", "bpftool-json"], ["-o", "bpftool"], ["-o", "json"], ["-o", "ndjson"], ["-o", "csv"],
                  ["-o", "table"], ["-o", "json", "--key-type", "u64", "--value-type", "u64", "--sum"],
                  ["-o", "json", "--engine", "walk"]):
        commands["percpumap dump " + " ".join(words)] = [options.binary, "dump", PIN, *words]

    try:
        fill(options.binary, options.entries)
        times = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                times[name].append(seconds(command))
    finally:
        pathlib.Path(PIN).unlink(missing_ok=True)

    slowest = statistics.median(times[judge])
    print(f"{options.entries} entries, medians of {options.rounds}")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"{median:8.3f} s  {median / slowest:6.3f}  {name}")


if __name__ == "__main__":
    main()
