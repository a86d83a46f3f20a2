#include "map/delta.h"

#include <algorithm>
#include <bit>

#include "types/field_path.h"
#include "types/parse.h"

namespace percpumap {
namespace {

bool is_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

bool overlap(const AddedNumber& a, const AddedNumber& b) {
  return a.offset < b.offset + b.size && b.offset < a.offset + a.size;
}

// Of members of a union that share bytes the largest.
std::vector<AddedNumber> without_overlaps(std::vector<AddedNumber> numbers) {
  std::ranges::stable_sort(numbers, std::ranges::greater(), &AddedNumber::size);
  std::vector<AddedNumber> kept;
  for (const AddedNumber& number : numbers) {
    if (std::ranges::none_of(kept, [&](const AddedNumber& other) { return overlap(number, other); }))
      kept.push_back(number);
  }
  std::ranges::sort(kept, {}, &AddedNumber::offset);
  return kept;
}

[[noreturn]] void refuse(const Layout& value, size_t byte) {
  for (const ColumnField& column : column_fields(value)) {
    const bool here = byte >= column.offset && byte < column.offset + value[column.index].size;
    if (!here) continue;
    const FieldPath root("value");
    const FieldPath path = column.name.empty() ? root : root.member(column.name);
    throw path.bad("{} cannot be added to", shown(value.name(column.index)))
        .advise("integers of 1, 2, 4 and 8 bytes in the machine's byte order can");
  }
  throw FieldPath("value").bad("byte {} belongs to no number", byte);
}

}  // namespace

bool can_be_added_to(const Field& leaf) {
  const bool native = !leaf.big_endian || leaf.size == 1 || std::endian::native == std::endian::big;
  return leaf.kind == Kind::integer && leaf.bit_size == 0 && native;
}

std::vector<AddedNumber> added_numbers(const Layout& value, Bytes delta) {
  std::vector<AddedNumber> numbers;
  for_each_leaf(value, 0, 0, [&](const Field& leaf, size_t offset) {
    if (can_be_added_to(leaf) && !is_zero(delta.subspan(offset, leaf.size)))
      numbers.push_back({static_cast<uint32_t>(offset), leaf.size});
  });
  numbers = without_overlaps(std::move(numbers));
  std::vector<std::byte> rest(delta.begin(), delta.end());
  for (const AddedNumber& number : numbers)
    std::fill_n(rest.begin() + number.offset, number.size, std::byte{0});
  const auto left = std::ranges::find_if(rest, [](std::byte byte) { return byte != std::byte{0}; });
  if (left != rest.end()) refuse(value, static_cast<size_t>(left - rest.begin()));
  return numbers;
}

Delta parse_delta(std::span<const std::string> words, const Layout& value, WideNumbers wide) {
  if (value.is_bytes()) {
    throw FieldPath("value")
        .bad("to add to it, its numbers have to be known")
        .advise("give its type, for example --value-type u64 or '{packets:u64,bytes:u64}'");
  }
  const bool negative = words.size() == 1 && words.front().find('-') != std::string::npos;
  Delta delta;
  delta.value.resize(value.size());
  parse_data(words, negative ? value.with_signed_integers() : value, "value", delta.value, wide,
             Members::some);
  delta.numbers = added_numbers(value, delta.value);
  return delta;
}

}  // namespace percpumap
