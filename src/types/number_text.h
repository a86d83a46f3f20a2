// Integers as people and JSON write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "types/field_path.h"

namespace percpumap {

struct Number {
  uint64_t magnitude = 0;
  bool negative = false;
  bool overflow = false;  // beyond 64 bits
};

// Decimal, or hexadecimal with 0x, either with a minus; nothing for any other word.
std::optional<Number> read_number(std::string_view word);

bool has_hex_prefix(std::string_view word);

// A decimal number that begins with a zero, which programs read as octal.
bool looks_octal(std::string_view word);
Error octal(std::string_view word, const FieldPath& path);

// Stores an integer of any form, an enumeration or a pointer. `word` is how the number was written. Throws
// Error (bad_data) where it does not fit.
void store_number(const Number& number, std::string_view word, const LeafPlace& place);

}  // namespace percpumap
