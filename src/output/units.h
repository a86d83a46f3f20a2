// Numbers for people.
#pragma once

#include <cstdint>
#include <string>

namespace percpumap {

// "2432 B", "1.2 MiB".
std::string human_size(uint64_t bytes);

// Commas between the threes of a number's digits before its point ("1,234,567"), in its place. REQUIRES room
// for a third more characters. Returns the end.
char* add_marks(char* begin, char* end);

}  // namespace percpumap
