// Record fields that several commands make.
#pragma once

#include <cstdint>
#include <string>

#include "output/record.h"
#include "types/layout.h"

namespace percpumap {

// An integer of a map, as `load_integer` widens it. 64-bit ones are strings in JSON if `u64_strings`.
Item integer_field(std::string name, const Layout& layout, uint64_t value, bool u64_strings);

// "2432 B", "1.2 MiB".
std::string human_size(uint64_t bytes);

}  // namespace percpumap
