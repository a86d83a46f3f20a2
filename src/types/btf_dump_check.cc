#include "types/btf_dump_check.h"

#include <bpf/btf.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_set>

#include "base/error.h"
#include "types/layout.h"

namespace percpumap {
namespace {

constexpr size_t kDeepest = 256;  // types within types, typedefs among them
constexpr size_t kLongestName = 512;
constexpr uint64_t kWidest = 128;  // bits of an integer

class Check {
 public:
  Check(const btf& types, uint32_t root) : types_(types), root_(root) {}

  // How many values a value of the type prints, when all arrays are unrolled; they lie within `room` bytes.
  uint64_t type(uint32_t id, uint64_t room, size_t depth = 0) {
    if (depth > kDeepest) refuse("it is nested too deeply");
    if (++visits_ > kMostFields) refuse_size();
    const btf_type* const found = btf__type_by_id(&types_, id);
    if (found == nullptr) refuse(fmt::format("there is no type {}", id));
    const uint64_t count = values(*found, room, depth);
    if (count > kMostFields) refuse_size();
    return count;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(Problem::bad_data, fmt::format("BTF type {}: {}", root_, why));
  }
  [[noreturn]] void refuse_size() const { refuse(fmt::format("it has more than {} fields", kMostFields)); }

  uint64_t values(const btf_type& type, uint64_t room, size_t depth) {
    switch (btf_kind(&type)) {
      case BTF_KIND_INT: return integer(type, room);
      case BTF_KIND_PTR: return leaf(sizeof(uint64_t), room);
      case BTF_KIND_ENUM:
      case BTF_KIND_ENUM64: return choices(type, room);
      case BTF_KIND_ARRAY: return array(*btf_array(&type), room, depth);
      case BTF_KIND_STRUCT:
      case BTF_KIND_UNION: return members(type, room, depth);
      case BTF_KIND_VAR: check_name(type.name_off); [[fallthrough]];
      case BTF_KIND_TYPEDEF:
      case BTF_KIND_CONST:
      case BTF_KIND_VOLATILE:
      case BTF_KIND_RESTRICT: return this->type(type.type, room, depth + 1);
      case BTF_KIND_DATASEC: return section(type, room, depth);
      default: return 1;  // not looked at
    }
  }

  uint64_t leaf(uint64_t size, uint64_t room) const {
    if (size > room) refuse("it does not fit the bytes that are there");
    return 1;
  }

  uint64_t bits(uint64_t first, uint64_t count, uint64_t room) const {
    if (count == 0 || first % 8 + count > kWidest) refuse(fmt::format("a number has {} bits", count));
    return leaf((first + count + 7) / 8, room);
  }

  uint64_t integer(const btf_type& type, uint64_t room) const {
    return bits(btf_int_offset(&type), btf_int_bits(&type), room);
  }

  uint64_t choices(const btf_type& type, uint64_t room) {
    const bool is_wide = btf_is_enum64(&type);
    if (!std::has_single_bit(type.size) || type.size > 8) {
      refuse(fmt::format("an enumeration has {} bytes", type.size));
    }
    const bool is_new = checked_.insert(&type).second;
    for (uint32_t i = 0; is_new && i < btf_vlen(&type); ++i) {
      check_name(is_wide ? btf_enum64(&type)[i].name_off : btf_enum(&type)[i].name_off);
    }
    return leaf(type.size, room);
  }

  uint64_t array(const struct btf_array& array, uint64_t room, size_t depth) {
    const int64_t size = btf__resolve_size(&types_, array.type);
    if (size < 0) refuse(fmt::format("type {} has no size", array.type));
    leaf(static_cast<uint64_t>(size) * array.nelems, room);
    const auto each = type(array.type, static_cast<uint64_t>(size), depth + 1);
    if (each > kMostFields / std::max(array.nelems, 1U)) refuse_size();
    return 1 + each * array.nelems;
  }

  uint64_t members(const btf_type& parent, uint64_t room, size_t depth) {
    uint64_t count = 1;
    for (uint32_t i = 0; i < btf_vlen(&parent); ++i) {
      const btf_member& member = btf_members(&parent)[i];
      const uint64_t first = btf_member_bit_offset(&parent, i);
      const uint64_t bit_size = btf_member_bitfield_size(&parent, i);
      check_name(member.name_off);
      leaf(first / 8, room);
      const uint64_t rest = room - first / 8;
      if (bit_size != 0) {
        count += bits(first % 8, bit_size, rest);
      } else if (first % 8 != 0) {
        count += odd_member(member, first % 8, rest);
      } else {
        count += type(member.type, rest, depth + 1);
      }
      if (count > kMostFields) refuse_size();
    }
    return count;
  }

  // Before bit-fields were members' affair they were types of integers.
  uint64_t odd_member(const btf_member& member, uint64_t first, uint64_t room) {
    const int id = btf__resolve_type(&types_, member.type);
    const btf_type* const type = id < 0 ? nullptr : btf__type_by_id(&types_, static_cast<uint32_t>(id));
    if (type == nullptr || !btf_is_int(type)) refuse("a member that is no integer begins within a byte");
    return bits(first + btf_int_offset(type), btf_int_bits(type), room);
  }

  uint64_t section(const btf_type& type, uint64_t room, size_t depth) {
    check_name(type.name_off);
    uint64_t count = 1;
    for (uint32_t i = 0; i < btf_vlen(&type); ++i) {
      const btf_var_secinfo& place = btf_var_secinfos(&type)[i];
      leaf(place.offset, room);
      count += this->type(place.type, room - place.offset, depth + 1);
      if (count > kMostFields) refuse_size();
    }
    return count;
  }

  // As kernels check them, so that they can be printed as they are.
  void check_name(uint32_t offset) const {
    const char* const name = btf__name_by_offset(&types_, offset);
    const size_t length = name == nullptr ? kLongestName : strnlen(name, kLongestName);
    const auto plain = [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; };
    if (length == kLongestName || !std::all_of(name, name + length, plain)) refuse("a name is no name");
  }

  const btf& types_;
  uint32_t root_;
  std::unordered_set<const btf_type*> checked_;  // enumerations
  size_t visits_ = 0;
};

}  // namespace

void check_dump(const btf& types, uint32_t type_id, size_t size) {
  const int64_t actual = btf__resolve_size(&types, type_id);
  if (actual < 0 || static_cast<uint64_t>(actual) != size) {
    throw Error(Problem::bad_data, fmt::format("BTF type {} has not {} bytes", type_id, size));
  }
  Check(types, type_id).type(type_id, size);
}

}  // namespace percpumap
