// Bytes to characters, into a buffer that the caller has made large enough; nothing is allocated.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "types/layout.h"

namespace percpumap {

// The most characters that a value of this layout takes (in any of the forms below).
size_t format_width(const Layout& layout);

// Integers in decimal; bytes as pairs of hexadecimal digits with spaces between ("0a 00 00 01"), the form
// that can be typed back after the word `hex`. Returns the end.
char* format_text(char* out, const Layout& layout, Bytes bytes);

// As JSON and CSV have it: integers in decimal, bytes as one run of hexadecimal digits. No quotes.
char* format_compact(char* out, const Layout& layout, Bytes bytes);

// REQUIRES layout.is_number(). The value widened to 64 bits (sign-extended for signed layouts).
uint64_t load_integer(const Layout& layout, Bytes bytes);

}  // namespace percpumap
