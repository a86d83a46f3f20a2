#include "types/format.h"

#include <bit>
#include <type_traits>

namespace percpumap {
namespace {

constexpr size_t kMaxIntegerWidth = 20;  // 18446744073709551615, -9223372036854775808
constexpr uint32_t kEightDigits = 100'000'000;

// The eight decimal digits of `value`, which has no more, a byte each and the first one lowest. Halves are
// halved until they are digits, all at the same time: the quotients in the lower parts of the lanes, the
// remainders in the upper. The products replace divisions: exact below 10000 and below 100.
inline uint64_t eight_digits(uint32_t value) {
  const uint64_t fours = value / 10000 | uint64_t{value % 10000} << 32;
  const uint64_t hundreds = fours * 5243 >> 19 & 0x0000007f'0000007f;
  const uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
  const uint64_t tens = twos * 103 >> 10 & 0x000f000f'000f000f;
  return tens | (twos - tens * 10) << 8;
}

// Eight characters, the lowest byte first.
char* put_lowest_first(char* out, uint64_t characters) {
  if constexpr (std::endian::native == std::endian::big) characters = __builtin_bswap64(characters);
  std::memcpy(out, &characters, sizeof characters);
  return out + sizeof characters;
}

constexpr uint64_t kZeros = 0x30303030'30303030;

char* put_eight_digits(char* out, uint32_t value) {
  return put_lowest_first(out, eight_digits(value) | kZeros);
}

// Without leading zeros. Always stores eight characters.
char* put_first_digits(char* out, uint32_t value) {
  const uint64_t digits = eight_digits(value);
  const uint64_t last_counts = digits | uint64_t{1} << 56;  // the last digit is not a leading zero
  const int zeros = std::countr_zero(last_counts) / 8;
  return put_lowest_first(out, (digits | kZeros) >> (8 * zeros)) - zeros;
}

// Without a branch on the number of digits: on counters of mixed sizes half the time of std::to_chars. No
// more than kMaxIntegerWidth characters are stored, for where the first digits are 1 to 4, 16 follow.
char* put_decimal(char* out, uint64_t value) {
  if (value < kEightDigits) return put_first_digits(out, static_cast<uint32_t>(value));
  const uint64_t upper = value / kEightDigits;
  const auto lower = static_cast<uint32_t>(value % kEightDigits);
  if (upper < kEightDigits) {
    out = put_first_digits(out, static_cast<uint32_t>(upper));
  } else {
    out = put_first_digits(out, static_cast<uint32_t>(upper / kEightDigits));
    out = put_eight_digits(out, static_cast<uint32_t>(upper % kEightDigits));
  }
  return put_eight_digits(out, lower);
}

template <typename Integer>
char* format_integer(char* out, Bytes bytes) {
  const uint64_t value = load<Integer>(bytes.data());
  if (!std::is_signed_v<Integer> || value >> 63 == 0) return put_decimal(out, value);
  *out++ = '-';
  return put_decimal(out, 0 - value);
}

Formatter formatter(const Layout& layout, Formatter of_bytes) {
  if (!layout.is_number()) return of_bytes;
  return with_integer(layout, [](auto zero) -> Formatter { return format_integer<decltype(zero)>; });
}

}  // namespace

size_t format_width(const Layout& layout) {
  return layout.is_number() ? kMaxIntegerWidth : 3 * layout.size();
}

Formatter text_formatter(const Layout& layout) {
  return formatter(layout, write_hex_pairs);
}

Formatter compact_formatter(const Layout& layout) {
  return formatter(layout, write_hex);
}

uint64_t load_integer(const Layout& layout, Bytes bytes) {
  return with_integer(layout, [=](auto zero) { return load<decltype(zero)>(bytes.data()); });
}

}  // namespace percpumap
