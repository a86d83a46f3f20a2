// What stats tells of a map.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/map_info.h"
#include "map/element_count.h"
#include "stats/field_stats.h"

namespace percpumap {

struct MapStats {
  MapInfo info;
  uint64_t memlock = 0;        // bytes
  size_t bytes_per_entry = 0;  // key and values, padding included
  uint64_t entries = 0;
  CountedBy counted_by = CountedBy::walk;
  std::optional<uint64_t> matched{};  // those that the fields below are about, where that is not all
  bool complete = true;               // all of the map was read

  Layout key = Layout::bytes(0);
  CpuList cpus{};     // whose values these are
  CpuList offline{};  // of them
  std::vector<FieldStats> fields{};
  size_t fields_left_out = 0;

  double fill() const { return static_cast<double>(entries) / info.max_entries; }
};

}  // namespace percpumap
