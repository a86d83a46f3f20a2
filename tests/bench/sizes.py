"""Does the cost grow linearly? Dumps and an import of small and large maps, per entry and against the bare loop: whole
processes, all of them."""
import measure
from measure import Figure

SIZES = (10_000, 100_000, 1_000_000, 4_000_000)
AT_MOST = 1.5  # between the best and the worst ratio to the bare loop
FLOOR, FILL, IMPORT = "LOOKUP_BATCH", "UPDATE_BATCH", "import"
JUDGES = {"dump -j --jobs 1": FLOOR, "dump -j --jobs 2": FLOOR, IMPORT: FILL}


def rounds(options, entries):
    """More of them where one is over at once."""
    return options.rounds * max(1, min(10, 1_000_000 // entries))


def nanoseconds(options, entries):
    """name → medians, per entry."""
    with measure.scratch() as directory, measure.Map(options, entries, 8) as full:
        importing = full.percpumap("-q", "import", full.pin, full.lines(directory))
        entrants = {FLOOR: lambda: measure.seconds(full.floor("read"))}
        for jobs in "1", "2":
            command = full.percpumap("dump", full.pin, "-j", "--jobs", jobs)
            entrants["dump -j --jobs " + jobs] = lambda command=command: measure.seconds(command)
        bare = full.floor("fill", str(entries))
        entrants[FILL] = lambda: full.emptied(lambda: measure.seconds(bare))
        entrants[IMPORT] = lambda: full.emptied(lambda: measure.seconds(importing))
        taken = measure.medians(entrants, rounds(options, entries))
        return {name: 1e9 * each / entries for name, each in taken.items()}


def table(options):
    sizes = [size for size in SIZES if size <= options.entries * 4]
    taken = {size: nanoseconds(options, size) for size in sizes}
    print(f"nanoseconds per entry and times the bare loop; 8-byte keys and values; medians of {options.rounds} rounds "
          "or more")
    print(f"{'entries':20}" + "".join(f"{size:>16}" for size in sizes) + "   worst/best ratio, limit")
    figures = []
    for name in taken[sizes[0]]:
        judge = JUDGES.get(name, name)
        ratios = [taken[size][name] / taken[size][judge] for size in sizes]
        line = "".join(f"{taken[size][name]:9.0f}{ratio:7.2f}" for size, ratio in zip(sizes, ratios))
        if name in JUDGES:
            figures.append(Figure(max(ratios) / min(ratios), at_most=AT_MOST))
            line += f"{figures[-1].number:7.2f} {figures[-1].limit(2)}"
        print(f"{name:20}{line}")
    return figures
