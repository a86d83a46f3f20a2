#include "map/sort_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/error.h"

namespace percpumap {
namespace {

constexpr uint64_t kTopBit = uint64_t{1} << 63;
constexpr size_t kNumberRank = 8;

// The most significant byte first.
std::byte* put_number(uint64_t number, std::byte* out) {
  if constexpr (std::endian::native == std::endian::little) number = __builtin_bswap64(number);
  std::memcpy(out, &number, kNumberRank);
  return out + kNumberRank;
}

uint64_t floating_rank(double number) {
  if (std::isnan(number)) return ~uint64_t{0};
  if (number == 0) number = 0;  // both zeros are the same
  const auto bits = std::bit_cast<uint64_t>(number);
  return (bits & kTopBit) != 0 ? ~bits : bits | kTopBit;
}

bool is_integer(const Field& field) {
  return field.kind == Kind::integer || field.kind == Kind::enumeration || field.kind == Kind::pointer;
}

struct Order {
  std::string_view field;
  bool descending;
};

Order split(std::string_view order) {
  const size_t colon = order.rfind(':');
  if (colon == std::string_view::npos) return {order, false};
  const std::string_view direction = order.substr(colon + 1);
  if (direction != "asc" && direction != "desc") {
    throw Error(Problem::bad_data, fmt::format("{} is no direction to sort in", shown(direction)))
        .advise("it is FIELD:asc or FIELD:desc");
  }
  return {order.substr(0, colon), direction == "desc"};
}

}  // namespace

SortOrder::SortOrder(std::string_view order, const Layout& key, const Layout& value, const Shape& shape)
    : field_(split(order).field, key, value, shape), descending_(split(order).descending) {
  const std::string_view name = split(order).field;
  if (field_.part() == EntryField::Part::value) {
    const std::string_view path = name.substr(std::string_view("value").size());
    throw Error(Problem::bad_data, fmt::format("{} is another one on each CPU", shown(name)))
        .advise(fmt::format("sort by sum{0}, min{0}, max{0} or avg{0}", shown(path)));
  }
  for_each_leaf(field_.layout(), 0, 0, [&](const Field& leaf, size_t offset) { add(leaf, offset); });
}

void SortOrder::add(const Field& leaf, size_t offset) {
  Part part{.field = leaf, .offset = offset};
  part.field.name.clear();
  if (is_integer(leaf)) {
    part.put = [](const Part& self, const std::byte* at, std::byte* out) {
      return put_number(load_integer(self.field, at) ^ (self.field.is_signed ? kTopBit : 0), out);
    };
  } else if (leaf.kind == Kind::floating) {
    part.put = [](const Part& self, const std::byte* at, std::byte* out) {
      return put_number(floating_rank(load_floating(self.field, at)), out);
    };
  } else if (leaf.kind == Kind::text) {
    part.put = [](const Part& self, const std::byte* at, std::byte* out) {
      const std::byte* const end = std::find(at, at + self.field.size, std::byte{0});
      return std::fill_n(std::copy(at, end, out), at + self.field.size - end, std::byte{0});
    };
  } else {
    part.put = [](const Part& self, const std::byte* at, std::byte* out) {
      return std::copy_n(at, self.field.size, out);
    };
  }
  size_ += is_integer(leaf) || leaf.kind == Kind::floating ? kNumberRank : leaf.size;
  parts_.push_back(std::move(part));
}

void SortOrder::rank(const std::byte* key, const std::byte* row, std::byte* out) const {
  EntryField::Number number;
  const std::byte* const at = field_.find({.key = key, .row = row}, number);
  std::byte* end = out;
  for (const Part& part : parts_) end = part.put(part, at + part.offset, end);
  if (descending_) std::transform(out, end, out, [](std::byte byte) { return ~byte; });
}

}  // namespace percpumap
