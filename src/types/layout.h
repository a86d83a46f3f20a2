// What the bytes of a key or of one CPU's value mean: a flat list of fields, built once per map from BTF
// (types/btf.h) or from a declaration (types/declare.h). Formatting, parsing and stages walk it; nobody asks
// BTF once entries flow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace percpumap {

enum class Kind : uint8_t {
  bytes,        // opaque: hexadecimal
  integer,      // 1, 2, 4 or 8 bytes, or a bit-field
  boolean,      // 1 byte
  floating,     // IEEE 754, 4 or 8 bytes
  enumeration,  // 1, 2, 4 or 8 bytes, shown by name
  pointer,      // 8 bytes, a number
  text,         // characters up to the first NUL: a char is a text of one
  ipv4,         // 4 bytes in network order
  ipv6,         // 16
  mac,          // 6
  array,        // one child: the element
  structure,    // children: the members
  one_of,       // a union; children: the members
};

// How a table shows a number; JSON and CSV keep the plain one.
enum class Display : uint8_t { plain, hex, duration };

struct Enumerator {
  std::string name;
  uint64_t value;  // sign-extended
  bool operator==(const Enumerator&) const = default;
};

struct Field {
  Kind kind = Kind::bytes;
  bool is_signed = false;   // integer, enumeration
  bool big_endian = false;  // integer: network order, whatever the machine's
  Display display = Display::plain;
  // A bit-field (an integer): its bits within the `size` (1 to 9) bytes from `offset` on, counted as the
  // machine counts: from the lowest bit on little-endian ones, from the highest on big-endian ones.
  uint8_t bit_offset = 0;
  uint8_t bit_size = 0;  // 1 to 64; 0: no bit-field
  uint32_t offset = 0;   // bytes from the begin of the field that holds it; of an array's first element 0
  uint32_t size = 0;     // bytes
  uint32_t count = 0;    // array: elements
  uint32_t end = 0;      // index behind its last descendant
  uint32_t choices = 0;  // enumeration: which of the layout's lists of enumerators
  std::string name{};    // valid UTF-8; empty: the root, an element, or a member whose members count as its
                         // parent's (anonymous structs and unions)

  bool has_children() const { return kind >= Kind::array; }
  // An integer of any form, an enumeration, a boolean or a pointer is loaded as 64 bits; of these, integers
  // (bit-fields, too) and floats are numbers that can be added up.
  bool is_number() const { return kind == Kind::integer || kind == Kind::floating; }
  bool operator==(const Field&) const = default;
};

// The alignment in bytes that C gives a leaf on 64-bit machines; an ipv4 is a __be32, an ipv6 a struct
// in6_addr.
uint32_t c_alignment(const Field& leaf);

class Layout {
 public:
  // Opaque bytes.
  static Layout bytes(size_t size);
  // A native-endian integer; size is 1, 2, 4 or 8.
  static Layout integer(size_t size, bool is_signed);

  size_t size() const { return fields_.front().size; }
  // In pre-order: the root first, a field's children from the next index on, each child's `end` being the
  // next child, up to the field's own `end`.
  std::span<const Field> fields() const { return fields_; }
  const Field& root() const { return fields_.front(); }
  const Field& operator[](size_t index) const { return fields_[index]; }
  // Opaque as a whole: no types are known.
  bool is_bytes() const { return root().kind == Kind::bytes; }
  // Whether any field can be added up.
  bool has_numbers() const;

  // No name and no value that has a name already occurs twice, and no name reads as a number, so that what is
  // printed reads back as the same value.
  const std::vector<Enumerator>& enumerators(const Field& field) const { return choices_[field.choices]; }

  // The declaration that makes it, as messages show it: "u32", "{saddr:ipv4,dport:be16}"; what declarations
  // lack (enumerations, bit-fields, unions) by words of the same style.
  std::string name() const { return name(0); }
  std::string name(size_t index) const;

  // One bit for each bit of the value that some field covers; where a bit is 0 there is padding. Of size()
  // bytes, or empty if every bit is covered.
  std::span<const std::byte> covered() const { return covered_; }

  // The same fields, all integers signed.
  Layout with_signed_integers() const;
  // The subtree of a field as a layout of its own.
  Layout part(size_t index) const;

  bool operator==(const Layout&) const = default;

 private:
  friend class LayoutBuilder;
  Layout() = default;

  std::vector<Field> fields_;
  std::vector<std::vector<Enumerator>> choices_;
  std::vector<std::byte> covered_;
};

// A value has at most so many fields, counted with every element of every array and every member of every
// union, so many characters in their names and so many bytes: what takes more is not a counter that somebody
// looks at, and hostile BTF would exhaust the memory.
inline constexpr size_t kMostFields = size_t{1} << 17;
inline constexpr size_t kMostNameCharacters = size_t{1} << 22;
inline constexpr size_t kLargestLayout = size_t{1} << 24;
// Arrays and structures within each other; JsonReader takes kMaxJsonDepth.
inline constexpr size_t kDeepestLayout = 48;

// Makes a layout field by field, in pre-order. Throws Error (bad_data), that says why not, for what cannot be
// a layout: names that come twice in one object, a field that does not lie in the one that holds it, more
// than the bounds above.
class LayoutBuilder {
 public:
  LayoutBuilder() = default;
  // With the enumerators of another layout, so that its fields can be added as they are.
  explicit LayoutBuilder(const Layout& other) { layout_.choices_ = other.choices_; }

  // A field without children.
  void add(Field leaf);
  // A structure, union or array; what is added until end() is its.
  void begin(Field parent);
  void end();
  // For Field::choices. Drops enumerators that could not be read back as their value.
  uint32_t choices(std::vector<Enumerator> enumerators);
  // REQUIRES that exactly one field was added at the top.
  Layout finish();

 private:
  // What counts against the bounds.
  struct Weight {
    uint64_t fields = 0;
    uint64_t characters = 0;
  };
  struct Open {
    uint32_t index;
    Weight before;  // its children
  };
  void check_place(const Field& field) const;
  void weigh(const Field& field);
  void check_weight() const;
  void end_array(const Open& open);

  Layout layout_;
  std::vector<Open> open_;
  Weight weight_;
};

// One leaf where it stands in a value, arrays unrolled: `offset` from the value's begin.
//   for_each_leaf(layout, 0, 0, [](const Field& leaf, size_t offset) {});
template <typename Body>
void for_each_leaf(const Layout& layout, size_t index, size_t offset, Body&& body) {
  const Field& field = layout[index];
  if (!field.has_children()) return body(field, offset);
  const size_t elements = field.kind == Kind::array ? field.count : 1;
  for (size_t i = 0; i < elements; ++i) {
    for (size_t child = index + 1; child < field.end; child = layout[child].end) {
      for_each_leaf(layout, child, offset + i * layout[child].size + layout[child].offset, body);
    }
  }
}

// The field that `path` names: "saddr", "inner.count", "hist[3]"; the root for an empty one. `offset` is from
// the value's begin. Throws Error (bad_data) that names what is there instead; `what` is "key" or "value".
struct FieldPlace {
  size_t index;
  size_t offset;
};
FieldPlace find_field(const Layout& layout, std::string_view path, std::string_view what);

// A field that has a column of its own in CSV and tables: what is no structure and no union. Its name is the
// path from the root; empty for the root itself.
struct ColumnField {
  std::string name;
  size_t index;
  size_t offset;
};
std::vector<ColumnField> column_fields(const Layout& layout);

}  // namespace percpumap
