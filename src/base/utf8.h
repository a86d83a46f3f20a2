// Where characters end in text that may not be UTF-8 at all (map names, pin paths, values, imported text).
#pragma once

#include <cstddef>
#include <string_view>

namespace percpumap {

// One character of a text, or one byte that is no part of one.
struct Character {
  size_t size = 1;       // bytes; 1 where not valid
  bool valid = true;     // well-formed UTF-8 (Unicode 15, table 3-7)
  bool control = false;  // U+0000 to U+001F, U+007F to U+009F: what a terminal may obey
};

// REQUIRES !text.empty().
Character first_character(std::string_view text);

}  // namespace percpumap
