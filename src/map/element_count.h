// How many entries a map has, without reading them where the kernel knows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "map/map.h"

namespace percpumap {

// The ways, best first. Only the last takes longer for more entries.
enum class CountedBy {
  kernel,   // bpf_map_sum_elem_count() (6.6), in a program
  memlock,  // what the entries of a map without preallocation take (6.4)
  walk,     // all of them were read
};
// The word of JSON and messages.
std::string_view counted_by_name(CountedBy way);

struct ElementCount {
  uint64_t entries = 0;
  CountedBy by = CountedBy::walk;
};

// nullopt: only a walk can tell, for this kernel, this map or the rights of this process.
std::optional<ElementCount> count_at_once(Backend& backend, Map& map);
// Throws Error where it has to walk and the map cannot be read.
ElementCount count_elements(Backend& backend, Map& map);

}  // namespace percpumap
