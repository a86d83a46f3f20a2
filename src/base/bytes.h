// Bytes as the bpf commands see them: views in memory order, no meaning.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace percpumap {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

// The distance between two CPUs' slots of one entry: value_size rounded up to 8 (kernel/bpf/hashtab.c).
constexpr size_t round_up8(size_t size) {
  return (size + 7) & ~size_t{7};
}

// Lower-case hexadecimal digits in memory order, nothing between them. Writes 2 * bytes.size() characters
// at `out` and returns the end.
char* write_hex(char* out, Bytes bytes);
// The same digits as pairs with a space between ("0a 1b"): 3 * bytes.size() - 1 characters, if there are any.
char* write_hex_pairs(char* out, Bytes bytes);
std::string to_hex(Bytes bytes);

// Reads exactly 2 * out.size() hexadecimal digits of either case; false for any other text.
bool from_hex(std::string_view digits, MutableBytes out);

}  // namespace percpumap
