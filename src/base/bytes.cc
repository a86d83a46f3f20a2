#include "base/bytes.h"

#include <array>
#include <cstdint>

namespace percpumap {
namespace {

constexpr std::array<char, 512> kHexPairs = [] {
  std::array<char, 512> pairs{};
  constexpr std::string_view digits = "0123456789abcdef";
  for (size_t byte = 0; byte < 256; ++byte) {
    pairs[2 * byte] = digits[byte >> 4];
    pairs[2 * byte + 1] = digits[byte & 15];
  }
  return pairs;
}();

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

char* write_hex(char* out, Bytes bytes) {
  for (std::byte b : bytes) {
    const size_t at = 2 * std::to_integer<size_t>(b);
    *out++ = kHexPairs[at];
    *out++ = kHexPairs[at + 1];
  }
  return out;
}

std::string to_hex(Bytes bytes) {
  std::string text(2 * bytes.size(), '\0');
  write_hex(text.data(), bytes);
  return text;
}

bool from_hex(std::string_view digits, MutableBytes out) {
  if (digits.size() != 2 * out.size()) return false;
  for (size_t i = 0; i < out.size(); ++i) {
    const int high = digit_value(digits[2 * i]);
    const int low = digit_value(digits[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = std::byte(high << 4 | low);
  }
  return true;
}

}  // namespace percpumap
