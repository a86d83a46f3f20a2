// What stats tells, for programs.
#pragma once

#include "output/record.h"
#include "stats/map_stats.h"

namespace percpumap {

// For JSON. `u64_strings`: sums, which have 64 bits, are strings. Of the histograms only what is not empty.
Record stats_record(const MapStats& stats, bool u64_strings);

// For CSV: a record for each figure, with its field (none: the map as a whole), the figure's name, the item
// (a CPU, a key, where a range of a histogram begins) and the number.
std::vector<Record> stats_rows(const MapStats& stats);

}  // namespace percpumap
