#include "types/type_words.h"

#include <algorithm>
#include <array>

namespace percpumap {
namespace {

TypeWord integer(std::string_view word, uint32_t size, bool is_signed) {
  return {word, {.kind = Kind::integer, .is_signed = is_signed, .size = size}, false};
}

TypeWord network(std::string_view word, uint32_t size) {
  return {word, {.kind = Kind::integer, .big_endian = true, .size = size}, true};
}

TypeWord other(std::string_view word, Kind kind, uint32_t size, bool is_typedef) {
  return {word, {.kind = kind, .size = size}, is_typedef};
}

const auto& words() {
  static const std::array kWords{
      integer("u8", 1, false),
      integer("u16", 2, false),
      integer("u32", 4, false),
      integer("u64", 8, false),
      integer("i8", 1, true),
      integer("i16", 2, true),
      integer("i32", 4, true),
      integer("i64", 8, true),
      network("be16", 2),
      network("be32", 4),
      network("be64", 8),
      other("bool", Kind::boolean, 1, false),
      other("char", Kind::text, 1, false),
      other("f32", Kind::floating, 4, true),
      other("f64", Kind::floating, 8, true),
      other("ipv4", Kind::ipv4, 4, true),
      other("ipv6", Kind::ipv6, 16, true),
      other("mac", Kind::mac, 6, true),
      other("comm", Kind::text, 16, true),
  };
  return kWords;
}

}  // namespace

const TypeWord* find_type_word(std::string_view word) {
  const auto at = std::find_if(words().begin(), words().end(),
                               [word](const TypeWord& known) { return known.word == word; });
  return at != words().end() ? &*at : nullptr;
}

const TypeWord* find_typedef(std::string_view name, uint64_t size) {
  if (name.starts_with("__be")) name.remove_prefix(2);
  const TypeWord* found = find_type_word(name);
  return found != nullptr && found->is_typedef && found->leaf.size == size ? found : nullptr;
}

std::string known_type_words() {
  std::string list;
  for (const TypeWord& known : words()) list += std::string(known.word) + ' ';
  return list + "hex[N]";
}

}  // namespace percpumap
