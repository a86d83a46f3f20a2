// What stats tells, for people.
#pragma once

#include "output/record.h"
#include "stats/map_stats.h"

namespace percpumap {

struct StatsStyle {
  bool blocks = true;  // block characters and dots of Unicode; else ASCII
  bool human = false;  // thousands marks
};

// For a table (print_record()): shares with bars, the longest of which is whole; the hottest CPUs where there
// are many; ranges of powers of two. Fits into 80 columns unless keys are long.
Record stats_table(const MapStats& stats, const StatsStyle& style);

}  // namespace percpumap
