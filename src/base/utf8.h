// Where characters end in text that may not be UTF-8 at all (map names, pin paths, values, imported text).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace percpumap {

// One character of a text, or one byte that is no part of one.
struct Character {
  size_t size = 1;    // bytes; 1 where not valid
  bool valid = true;  // well-formed UTF-8 (Unicode 15, table 3-7)
  // What a terminal may obey or a reader be misled by: U+0000 to U+001F, U+007F to U+009F, and what changes
  // the direction of text or is not seen (U+061C, U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F,
  // U+FEFF).
  bool control = false;
  uint32_t code = 0;  // the code point; the byte where not valid
};

// REQUIRES !text.empty().
Character first_character(std::string_view text);

// The text, with the code points of the same numbers for bytes that are no UTF-8.
std::string valid_utf8(std::string_view text);

}  // namespace percpumap
