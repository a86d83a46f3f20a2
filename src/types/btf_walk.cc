#include "types/btf_walk.h"

#include <bpf/btf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"
#include "types/type_words.h"

namespace percpumap {
namespace {

constexpr size_t kMostModifiers = 64;  // typedefs, const, … in a row
constexpr size_t kLongestWord = 8;     // longer names say nothing about a type
constexpr uint32_t kPointerSize = 8;

Error no_layout(const std::string& why) {
  return {Problem::bad_data, why};
}

// As a field of that size and sign is loaded.
uint64_t widened(uint64_t value, uint32_t size, bool is_signed) {
  const unsigned unused = 64 - 8 * size;
  const uint64_t upper = value << unused;
  return is_signed ? static_cast<uint64_t>(static_cast<int64_t>(upper) >> unused) : upper >> unused;
}

bool has_integer_size(uint32_t size) {
  return size == 1 || size == 2 || size == 4 || size == 8;
}

// All bits of its bytes are its own, as C has it outside of bit-fields.
bool is_whole(const btf_type* integer) {
  return btf_int_offset(integer) == 0 && btf_int_bits(integer) == 8 * uint64_t{integer->size};
}

// Enumerations before Linux 6.0 do not say whether they have a sign: then those have it that need it.
bool enum_is_signed(const btf_type* type) {
  if (btf_kflag(type) || btf_is_enum64(type)) return btf_kflag(type);
  const struct btf_enum* const first = btf_enum(type);
  return std::any_of(first, first + btf_vlen(type), [](const auto& choice) { return choice.val < 0; });
}

class Walk {
 public:
  explicit Walk(const btf& types) : types_(types) {}

  Layout run(uint32_t type_id) {
    add(resolve(type_id), {});
    return builder_.finish();
  }

 private:
  // A type without typedefs, const and the like, and what these say of it.
  struct Resolved {
    const btf_type* type;
    uint64_t size;
    const TypeWord* word;  // null: nothing
    bool is_hex;
  };

  // Never null.
  const btf_type* type_at(uint32_t id) const {
    const btf_type* const type = btf__type_by_id(&types_, id);
    if (type == nullptr) throw no_layout(fmt::format("there is no type {}", id));
    return type;
  }

  // Empty for what is no string.
  const char* raw_name(uint32_t offset) const {
    const char* const name = btf__name_by_offset(&types_, offset);
    return name != nullptr ? name : "";
  }

  // Cut, so that no time is spent on hostile lengths.
  std::string_view word_at(uint32_t offset) const {
    const char* const name = raw_name(offset);
    return {name, strnlen(name, kLongestWord)};
  }

  std::string name_at(uint32_t offset) {
    const std::string_view name = raw_name(offset);
    characters_ += name.size();
    if (characters_ > kMostNameCharacters) {
      throw no_layout(fmt::format("its names have more than {} characters", kMostNameCharacters));
    }
    return valid_utf8(name);
  }

  // Every look at a type counts, so that hostile BTF cannot keep the walk busy with what adds no field.
  void count_visit() {
    if (++visits_ > kMostFields) throw no_layout(fmt::format("it has more than {} fields", kMostFields));
  }

  const Resolved& resolve(uint32_t id, size_t depth = 0) {
    const auto known = resolved_.find(id);
    if (known != resolved_.end()) return known->second;
    std::vector<std::string_view> typedefs;
    const btf_type* type = type_at(id);
    for (size_t steps = 0; btf_is_mod(type) || btf_is_typedef(type); type = type_at(type->type)) {
      if (++steps > kMostModifiers) throw no_layout(fmt::format("type {} never ends", id));
      if (btf_is_typedef(type)) typedefs.push_back(word_at(type->name_off));
    }
    Resolved found{type, size_of(type, depth), nullptr, false};
    for (const std::string_view name : typedefs) {
      found.is_hex = name == "hex";
      found.word = find_typedef(name, found.size);
      if (found.is_hex || found.word != nullptr) break;
    }
    return resolved_.emplace(id, found).first->second;
  }

  uint64_t size_of(const btf_type* type, size_t depth) {
    switch (btf_kind(type)) {
      case BTF_KIND_PTR: return kPointerSize;
      case BTF_KIND_UNKN:  // void
      case BTF_KIND_FWD: return 0;
      case BTF_KIND_ARRAY: return size_of_array(type, depth);
      case BTF_KIND_INT:
      case BTF_KIND_FLOAT:
      case BTF_KIND_ENUM:
      case BTF_KIND_ENUM64:
      case BTF_KIND_STRUCT:
      case BTF_KIND_UNION: return type->size;
      default: throw no_layout(fmt::format("{} is no data", shown(raw_name(type->name_off))));
    }
  }

  uint64_t size_of_array(const btf_type* type, size_t depth) {
    if (depth > kDeepestLayout) throw no_layout(fmt::format("it has more than {} levels", kDeepestLayout));
    const struct btf_array& array = *btf_array(type);
    const uint64_t size = resolve(array.type, depth + 1).size * array.nelems;
    if (size > kLargestLayout) throw no_layout(fmt::format("it has more than {} bytes", kLargestLayout));
    return size;
  }

  // `field` has its name and its place.
  void add(const Resolved& found, Field field) {
    count_visit();
    field.size = static_cast<uint32_t>(found.size);
    if (found.is_hex) return builder_.add(std::move(field));
    if (found.word != nullptr) {
      field.kind = found.word->leaf.kind;
      field.big_endian = found.word->leaf.big_endian;
      return builder_.add(std::move(field));
    }
    if (btf_is_array(found.type)) return add_array(*btf_array(found.type), std::move(field));
    if (btf_is_composite(found.type)) return add_composite(found.type, std::move(field));
    set_kind(found.type, field);
    builder_.add(std::move(field));
  }

  void add_array(const struct btf_array& array, Field field) {
    const Resolved element = resolve(array.type);
    if (is_char(element)) {
      field.kind = Kind::text;
      return builder_.add(std::move(field));
    }
    field.kind = Kind::array;
    field.count = array.nelems;
    builder_.begin(std::move(field));
    add(element, {});
    builder_.end();
  }

  void add_composite(const btf_type* type, Field field) {
    field.kind = btf_is_union(type) ? Kind::one_of : Kind::structure;
    builder_.begin(std::move(field));
    for (uint32_t i = 0; i < btf_vlen(type); ++i) add_member(type, i);
    builder_.end();
  }

  void add_member(const btf_type* parent, uint32_t i) {
    count_visit();
    const btf_member& member = btf_members(parent)[i];
    const Resolved found = resolve(member.type);
    Field field{.name = name_at(member.name_off)};
    if (field.name.empty() && !btf_is_composite(found.type)) return;  // padding
    uint64_t place = btf_member_bit_offset(parent, i);
    uint32_t bits = btf_member_bitfield_size(parent, i);
    if (bits == 0 && btf_is_int(found.type) && (!is_whole(found.type) || place % 8 != 0)) {
      bits = btf_int_bits(found.type);
      place += btf_int_offset(found.type);
      if (bits == 0) throw no_layout("member " + shown(field.name) + " has no bits");
    }
    field.offset = static_cast<uint32_t>(place / 8);
    if (bits != 0) return add_bit_field(found.type, place % 8, bits, std::move(field));
    if (place % 8 != 0) throw no_layout("member " + shown(field.name) + " begins within a byte");
    add(found, std::move(field));
  }

  void add_bit_field(const btf_type* type, uint64_t first, uint32_t bits, Field field) {
    const bool is_number = btf_is_int(type) || btf_is_any_enum(type);
    if (!is_number || bits > 64 || bits > 8 * uint64_t{type->size}) {
      throw no_layout(fmt::format("member {} is a bit-field of {} bits", shown(field.name), bits));
    }
    field.kind = Kind::integer;
    field.is_signed =
        btf_is_int(type) ? (btf_int_encoding(type) & BTF_INT_SIGNED) != 0 : enum_is_signed(type);
    field.bit_offset = static_cast<uint8_t>(first);
    field.bit_size = static_cast<uint8_t>(bits);
    field.size = static_cast<uint32_t>((first + bits + 7) / 8);
    builder_.add(std::move(field));
  }

  bool is_char(const Resolved& found) const {
    if (found.word != nullptr || found.is_hex || !btf_is_int(found.type)) return false;
    if (found.type->size != 1 || !is_whole(found.type)) return false;
    return (btf_int_encoding(found.type) & BTF_INT_CHAR) != 0 || word_at(found.type->name_off) == "char";
  }

  // What has no form of its own stays bytes.
  void set_kind(const btf_type* type, Field& field) {
    switch (btf_kind(type)) {
      case BTF_KIND_INT: return set_integer(type, field);
      case BTF_KIND_ENUM:
      case BTF_KIND_ENUM64: return set_enumeration(type, field);
      case BTF_KIND_PTR: field.kind = Kind::pointer; return;
      case BTF_KIND_FLOAT:
        if (field.size == 4 || field.size == 8) field.kind = Kind::floating;
        return;
      default: return;
    }
  }

  void set_integer(const btf_type* type, Field& field) {
    if (!is_whole(type) || !has_integer_size(field.size)) return;
    field.is_signed = (btf_int_encoding(type) & BTF_INT_SIGNED) != 0;
    field.kind = Kind::integer;
    if (is_char({type, field.size, nullptr, false})) {
      field.kind = Kind::text;
      field.is_signed = false;
    } else if ((btf_int_encoding(type) & BTF_INT_BOOL) != 0 && field.size == 1) {
      field.kind = Kind::boolean;
      field.is_signed = false;
    }
  }

  void set_enumeration(const btf_type* type, Field& field) {
    if (!has_integer_size(field.size)) return;
    field.kind = Kind::enumeration;
    field.is_signed = enum_is_signed(type);
    const auto [at, is_new] = choices_.try_emplace(type);
    if (is_new) at->second = builder_.choices(enumerators(type, field));
    field.choices = at->second;
  }

  std::vector<Enumerator> enumerators(const btf_type* type, const Field& field) {
    std::vector<Enumerator> list;
    for (uint32_t i = 0; i < btf_vlen(type); ++i) {
      const bool wide = btf_is_enum64(type);
      const uint32_t name = wide ? btf_enum64(type)[i].name_off : btf_enum(type)[i].name_off;
      const uint64_t value = wide ? btf_enum64_value(&btf_enum64(type)[i])
                                  : static_cast<uint64_t>(int64_t{btf_enum(type)[i].val});
      list.push_back({name_at(name), widened(value, field.size, field.is_signed)});
    }
    return list;
  }

  const btf& types_;
  LayoutBuilder builder_;
  std::unordered_map<uint32_t, Resolved> resolved_;
  std::unordered_map<const btf_type*, uint32_t> choices_;  // of the enumerations met so far
  size_t characters_ = 0;
  size_t visits_ = 0;
};

}  // namespace

Layout layout_of(const btf& types, uint32_t type_id) {
  return Walk(types).run(type_id);
}

}  // namespace percpumap
