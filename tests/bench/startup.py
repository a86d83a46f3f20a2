#!/usr/bin/python3
"""Is a short command light? `percpumap lookup` of one key against `bpftool map lookup` of the same key.

Runs the two alternately, because machines are noisy, prints both medians and their ratio, and ends with 1 if
percpumap takes longer, or if a command that loads a program takes 30 milliseconds. Needs root, a bpffs at
/sys/fs/bpf and bpftool.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIN = f"/sys/fs/bpf/percpumap-startup-{os.getpid()}"


def seconds(command):
    """Wall time of one run, from fork to the end."""
    before = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=QUIET)
    _, status = os.waitpid(child, 0)
    if status != 0:
        sys.exit(f"startup.py: {' '.join(command)} failed; build it with: cmake --preset release && "
                 "cmake --build --preset release")
    return time.perf_counter() - before


QUIET = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]


def compare(ours, judge, pairs):
    """The medians of both, in seconds."""
    ours_times, judge_times = [], []
    for _ in range(pairs):
        ours_times.append(seconds(ours))
        judge_times.append(seconds(judge))
    return statistics.median(ours_times), statistics.median(judge_times)


MOST = 0.030  # of a command that loads a program and runs it


def programs(binary, words):
    """The commands that load a program, by what they are called here."""
    types = ["--value-type", "u64"]
    return {
        "update ... cpu": [binary, "update", *words, "cpu", "0", "value", "7", *types],
        "add": [binary, "add", *words, "value", "1", *types],
        "zero key": [binary, "zero", *words, *types],
        "helper lookup": [binary, "helper", *words[:2], "--cpu", "0", "lookup", *words[2:]],
        "helper for-each": [binary, "helper", *words[:2], "--cpu", "0", "for-each"],
        "stats --count": [binary, "stats", *words[:2], "--count"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / "build/release/cmd/percpumap"))
    parser.add_argument("--bpftool", default="/usr/sbin/bpftool")
    parser.add_argument("--pairs", type=int, default=300)
    options = parser.parse_args()

    subprocess.run([options.bpftool, "map", "create", PIN, "type", "percpu_hash", "key", "4", "value", "8",
                    "entries", "16", "name", "startup"], check=True)
    try:
        words = ["pinned", PIN, "key", "1", "0", "0", "0"]
        subprocess.run([options.bpftool, "map", "update", *words, "value", *"12345678"], check=True)
        ours = [options.binary, "lookup", *words]
        judge = [options.bpftool, "map", "lookup", *words]
        compare(ours, judge, 20)  # warms the caches
        ours_median, judge_median = compare(ours, judge, options.pairs)
        loading = {name: statistics.median(seconds(command) for _ in range(options.pairs // 10 + 1))
                   for name, command in programs(options.binary, words).items()}
    finally:
        os.unlink(PIN)

    ratio = ours_median / judge_median
    print(f"percpumap lookup   {ours_median * 1e3:.3f} ms (median of {options.pairs})")
    print(f"bpftool map lookup {judge_median * 1e3:.3f} ms")
    print(f"ratio              {ratio:.2f} (at most 1.00)")
    for name, median in loading.items():
        print(f"{name:18} {median * 1e3:.3f} ms (at most {MOST * 1e3:.0f})")
    return 0 if ratio <= 1.0 and max(loading.values()) <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
