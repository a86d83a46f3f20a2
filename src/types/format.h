// Bytes to characters, into a buffer that the caller has made large enough; nothing is allocated.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/bytes.h"
#include "types/layout.h"

namespace percpumap {

// The most characters that a value of this layout takes (in any of the forms below). No formatter writes
// beyond them, but what its text leaves of them may be overwritten.
size_t format_width(const Layout& layout);

// Writes one value at `out` and returns the end.
using Formatter = char* (*)(char* out, Bytes bytes);

// Integers in decimal; bytes as pairs of hexadecimal digits with spaces between ("0a 00 00 01"), the form
// that can be typed back after the word `hex`.
Formatter text_formatter(const Layout& layout);

// As JSON and CSV have it: integers in decimal, bytes as one run of hexadecimal digits. No quotes.
Formatter compact_formatter(const Layout& layout);

inline char* format_text(char* out, const Layout& layout, Bytes bytes) {
  return text_formatter(layout)(out, bytes);
}
inline char* format_compact(char* out, const Layout& layout, Bytes bytes) {
  return compact_formatter(layout)(out, bytes);
}

// REQUIRES layout.is_number(). Calls `body` with a zero of the integer type that the layout stands for, and
// returns what it returns.
template <typename Body>
auto with_integer(const Layout& layout, Body body) {
  const bool is_signed = layout.is_signed();
  switch (layout.size()) {
    case 1: return is_signed ? body(int8_t{}) : body(uint8_t{});
    case 2: return is_signed ? body(int16_t{}) : body(uint16_t{});
    case 4: return is_signed ? body(int32_t{}) : body(uint32_t{});
    default: return is_signed ? body(int64_t{}) : body(uint64_t{});
  }
}

// The integer that stands at `bytes`, aligned or not, widened to 64 bits (sign-extended if it is signed).
template <typename Integer>
uint64_t load(const std::byte* bytes) {
  Integer value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<uint64_t>(value);
}

// REQUIRES layout.is_number(). The same of the type that the layout stands for.
uint64_t load_integer(const Layout& layout, Bytes bytes);

}  // namespace percpumap
