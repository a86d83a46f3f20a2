// Numbers for people.
#pragma once

#include <cstdint>
#include <string>

namespace percpumap {

// "2432 B", "1.2 MiB".
std::string human_size(uint64_t bytes);

}  // namespace percpumap
