#include "types/number_text.h"

#include <algorithm>
#include <charconv>

#include "types/scalar.h"

namespace percpumap {
namespace {

struct Range {
  uint64_t below;  // how far under zero
  uint64_t above;
};

Range range_of(const Field& field) {
  const uint64_t all = ~uint64_t{0} >> (64 - bits_of(field));
  return field.is_signed ? Range{all / 2 + 1, all / 2} : Range{0, all};
}

bool fits(const Number& number, const Range& range) {
  return !number.overflow && number.magnitude <= (number.negative ? range.below : range.above);
}

}  // namespace

std::optional<Number> read_number(std::string_view word) {
  Number number;
  if (word.starts_with('-')) {
    number.negative = true;
    word.remove_prefix(1);
  }
  const int base = has_hex_prefix(word) ? 16 : 10;
  if (base == 16) word.remove_prefix(2);
  const char* const end = word.data() + word.size();
  const auto [stop, ec] = std::from_chars(word.data(), end, number.magnitude, base);
  if (ec == std::errc::invalid_argument || stop != end) return std::nullopt;
  number.overflow = ec == std::errc::result_out_of_range;
  return number;
}

bool has_hex_prefix(std::string_view word) {
  return word.starts_with("0x") || word.starts_with("0X");
}

bool looks_octal(std::string_view word) {
  if (word.starts_with('-')) word.remove_prefix(1);
  return word.size() > 1 && word.front() == '0' &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Error octal(std::string_view word, const FieldPath& path) {
  return path.bad("{}: octal or decimal?", shown(word))
      .advise("write decimal numbers without leading zeros (8), others in hexadecimal (0x8)");
}

void store_number(const Number& number, std::string_view word, const LeafPlace& place) {
  const Range range = range_of(place.field());
  if (!fits(number, range)) {
    throw place.path.bad("{} is out of range {}{}..{} of {}", shown(word), range.below != 0 ? "-" : "",
                         range.below, range.above, place.type());
  }
  const uint64_t value = number.negative ? 0 - number.magnitude : number.magnitude;
  store_integer(place.field(), value, place.at.data());
}

}  // namespace percpumap
