#!/usr/bin/python3
"""What does an operation cost on the simulated kernel, and what on the real one?

Runs engine_bench once on maps of --entries entries and prints nanoseconds per operation on both, and how many times
faster the simulation is. Needs what maps of the real kernel need.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPERATIONS = {"lookup": "lookup", "update": "update", "erase": "delete", "scan_floor": "batch lookup, per entry",
              "fill_by_batches": "batch update, per entry"}


def measure(binary, entries):
    wanted = "/(" + "|".join(OPERATIONS) + ")(/manual_time)?$"
    command = [binary, "--benchmark_filter=" + wanted, "--benchmark_format=json"]
    answer = subprocess.run(command, env=os.environ | {"PERCPUMAP_BENCH_ENTRIES": str(entries)}, check=True,
                            stdout=subprocess.PIPE, text=True).stdout
    benchmarks = json.loads(answer[answer.index("{"):])["benchmarks"]
    failed = [each["name"] for each in benchmarks if each.get("error_occurred")]
    if failed:
        sys.exit("backends.py: failed: " + ", ".join(failed))
    return {each["name"].removesuffix("/manual_time"): 1e9 / each["items_per_second"] for each in benchmarks}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / "build/dev/tests/bench/engine_bench"))
    parser.add_argument("--entries", type=int, default=1_000_000)
    options = parser.parse_args()

    cost = measure(options.binary, options.entries)
    if "kernel/lookup" not in cost:
        sys.exit("backends.py: maps of the real kernel cannot be used here")
    print(f"{options.entries} entries{'':20}sim ns   kernel ns   kernel/sim")
    for name, title in OPERATIONS.items():
        sim, kernel = cost["sim/" + name], cost["kernel/" + name]
        print(f"{title:28}{sim:12.0f}{kernel:12.0f}{kernel / sim:12.1f}x")


if __name__ == "__main__":
    main()
