#include "map/delta.h"

#include <algorithm>
#include <bit>

#include "types/field_path.h"
#include "types/parse.h"

namespace percpumap {
namespace {

bool can_be_added_to(const Field& leaf) {
  const bool native = !leaf.big_endian || leaf.size == 1 || std::endian::native == std::endian::big;
  return leaf.kind == Kind::integer && leaf.bit_size == 0 && native;
}

bool is_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
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

std::vector<AddedNumber> native_integers(const Layout& value) {
  std::vector<AddedNumber> found;
  for_each_leaf(value, 0, 0, [&](const Field& leaf, size_t offset) {
    if (can_be_added_to(leaf)) found.push_back({static_cast<uint32_t>(offset), leaf.size});
  });
  std::ranges::stable_sort(found, std::ranges::greater(), &AddedNumber::size);
  std::vector<char> covered(value.size());
  std::erase_if(found, [&](const AddedNumber& number) {
    const auto bytes = std::span(covered).subspan(number.offset, number.size);
    if (std::ranges::any_of(bytes, [](char byte) { return byte != 0; })) return true;
    std::ranges::fill(bytes, 1);
    return false;
  });
  std::ranges::sort(found, {}, &AddedNumber::offset);
  return found;
}

std::vector<AddedNumber> added_numbers(const Layout& value, Bytes delta) {
  std::vector<AddedNumber> numbers = native_integers(value);
  std::erase_if(
      numbers, [&](const AddedNumber& number) { return is_zero(delta.subspan(number.offset, number.size)); });
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
