#!/usr/bin/python3
"""What do `zero` and `import --cpu` of a large map take, against a dump by one reader and an import?

Fills a map with 8-byte values, runs the commands in turn, --rounds times, output to /dev/null, and prints the
medians and their ratios to the dump. Needs root and a bpffs at /sys/fs/bpf.
"""
import argparse

import measure


def commands(full, lines):
    """name → what takes the time of one command; the import gives `zero` its numbers back."""
    words = {
        "import": ["import", full.pin, lines],
        "dump -j --jobs 1": ["dump", full.pin, "-j", "--jobs", "1"],
        "import --cpu 0": ["import", full.pin, lines, "--cpu", "0"],
        "zero -j": ["zero", full.pin, "-j"],
    }
    return {name: lambda argv=full.percpumap("-q", *each): measure.seconds(argv) for name, each in words.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = measure.parsed(parser)
    with measure.scratch() as directory, measure.Map(options, options.entries, 8) as full:
        medians = measure.medians(commands(full, full.lines(directory)), options.rounds)
    for name, median in medians.items():
        print(f"{name:18} {median:.3f} s {median / medians['dump -j --jobs 1']:6.2f}")


if __name__ == "__main__":
    main()
