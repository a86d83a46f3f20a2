#include "support/random_layout.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace percpumap::test {
namespace {

constexpr size_t kDeepest = 4;

// The lists of enumerators that random layouts have; a field has one of them.
const std::vector<std::vector<Enumerator>> kChoices = {
    {{"OFF", 0}, {"ON", 1}, {"LAST", ~uint64_t{0}}},
    {{"quote\"d", 2},
     {"\x1b[31m", 3},
     {"\xe2\x80\xae"
      "rtl",
      4},
     {"\xc3\xa9", 0xff},
     {"a\\b", 0x7f}},
    {},
};

// A field and what it holds.
struct Tree {
  Field field;
  std::vector<Tree> children{};
};

class Generator {
 public:
  explicit Generator(Dice& dice) : dice_(dice) {}

  Tree any(size_t depth) {
    if (depth == kDeepest || dice_.percent(50)) return {leaf()};
    switch (dice_.below(4)) {
      case 0: return array(depth);
      case 1: return one_of(depth);
      default: return structure(depth);
    }
  }

 private:
  Field leaf() {
    const bool is_signed = dice_.one_in(2);
    switch (dice_.below(12)) {
      case 0: return {.kind = Kind::bytes, .size = dice_.below(20)};
      case 1: return {.kind = Kind::boolean, .size = 1};
      case 2: return {.kind = Kind::floating, .size = dice_.one_in(2) ? 4U : 8U};
      case 3:
        return {.kind = Kind::enumeration,
                .is_signed = is_signed,
                .size = integer_size(),
                .choices = dice_.below(3)};
      case 4: return {.kind = Kind::pointer, .size = 8};
      case 5: return {.kind = Kind::text, .size = dice_.below(20)};
      case 6: return {.kind = Kind::ipv4, .size = 4};
      case 7: return {.kind = Kind::ipv6, .size = 16};
      case 8: return {.kind = Kind::mac, .size = 6};
      case 9: return {.kind = Kind::integer, .big_endian = true, .size = integer_size()};
      default: return {.kind = Kind::integer, .is_signed = is_signed, .size = integer_size()};
    }
  }

  uint32_t integer_size() { return 1U << dice_.below(4); }

  Tree array(size_t depth) {
    Tree element = any(depth + 1);
    const uint32_t count = dice_.below(4);
    Tree tree{{.kind = Kind::array, .size = count * element.field.size, .count = count}};
    tree.children.push_back(std::move(element));
    return tree;
  }

  Tree structure(size_t depth) {
    Tree tree{{.kind = Kind::structure}};
    const bool is_packed = dice_.one_in(2);
    for (uint32_t i = dice_.below(5); i > 0; --i) {
      if (dice_.one_in(5)) {
        add_bit_fields(tree);
        continue;
      }
      if (!is_packed) tree.field.size += dice_.below(4);
      add_member(tree, any(depth + 1), tree.field.size);
    }
    if (!is_packed) tree.field.size += dice_.below(4);
    return tree;
  }

  Tree one_of(size_t depth) {
    Tree tree{{.kind = Kind::one_of}};
    for (uint32_t i = dice_.between(1, 3); i > 0; --i) add_member(tree, any(depth + 1), 0);
    return tree;
  }

  void add_member(Tree& parent, Tree member, uint32_t offset) {
    const bool is_composite = member.field.kind == Kind::structure || member.field.kind == Kind::one_of;
    member.field.name = is_composite && dice_.one_in(3) ? "" : name();
    member.field.offset = offset;
    parent.field.size = std::max(parent.field.size, offset + member.field.size);
    parent.children.push_back(std::move(member));
  }

  void add_bit_fields(Tree& parent) {
    uint32_t bit = 8 * parent.field.size;
    for (uint32_t i = dice_.between(1, 4); i > 0; --i) {
      if (dice_.one_in(4)) bit += dice_.below(9);
      const uint32_t bits = dice_.one_in(5) ? 64 : dice_.between(1, 40);
      Field field{.kind = Kind::integer, .is_signed = dice_.one_in(2)};
      field.bit_offset = static_cast<uint8_t>(bit % 8);
      field.bit_size = static_cast<uint8_t>(bits);
      field.size = (bit % 8 + bits + 7) / 8;
      add_member(parent, {field}, bit / 8);
      bit += bits;
    }
  }

  // Never the same twice.
  std::string name() {
    static constexpr std::array<const char*, 6> kStrange = {"\"",           "\\",       "\n",
                                                            "\xe2\x80\xae", "\xc2\x9b", "."};
    const std::string number = std::to_string(++names_);
    return dice_.one_in(10) ? kStrange[dice_.below(kStrange.size())] + number : "m" + number;
  }

  Dice& dice_;
  uint32_t names_ = 0;
};

void add(LayoutBuilder& builder, const Tree& tree) {
  if (!tree.field.has_children()) return builder.add(tree.field);
  builder.begin(tree.field);
  for (const Tree& child : tree.children) add(builder, child);
  builder.end();
}

class Writer {
 public:
  explicit Writer(Dice& dice) : dice_(dice) {}

  std::string type(size_t depth) {
    static const std::vector<std::string> kWords = {"u8",  "u16",  "u32",  "u64",  "i8",   "i16",  "i32",
                                                    "i64", "be16", "be32", "be64", "bool", "char", "f32",
                                                    "f64", "ipv4", "ipv6", "mac",  "comm"};
    std::string text;
    if (depth < kDeepest && dice_.percent(40)) {
      text = members(depth);
    } else if (dice_.one_in(12)) {
      text = "hex" + count();
    } else {
      text = dice_.pick(kWords);
    }
    for (; dice_.one_in(5); text += count()) {
    }
    return space() + text + space();
  }

 private:
  std::string members(size_t depth) {
    std::string text = dice_.one_in(3) ? "packed" + space() + "{" : "{";
    for (uint32_t i = dice_.between(1, 4); i > 0; --i) {
      text += space() + "m" + std::to_string(i) + space() + ":" + type(depth + 1) + (i > 1 ? "," : "");
    }
    return text + "}";
  }

  std::string count() {
    return space() + "[" + space() + std::to_string(dice_.between(1, 4)) + space() + "]";
  }
  std::string space() { return dice_.one_in(10) ? " \t" : ""; }

  Dice& dice_;
};

}  // namespace

Layout random_layout(Dice& dice) {
  while (true) {
    LayoutBuilder builder;
    for (const auto& list : kChoices) builder.choices(list);
    add(builder, Generator(dice).any(0));
    const Layout layout = builder.finish();
    if (layout.size() > 0) return layout;
  }
}

std::string random_declaration(Dice& dice) {
  return Writer(dice).type(0);
}

}  // namespace percpumap::test
