// Characters to one value, field by field: the inverse of ValueWriter.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "types/field_path.h"
#include "types/json_reader.h"
#include "types/layout.h"
#include "types/parse_leaf.h"

namespace percpumap {

// Made once for a layout; nothing is allocated per value. What no field covers is zero. Every method throws
// Error (bad_data) that names the field: of the wrong form, out of its range, unknown, missing, given twice,
// or (a member of a union) in disagreement with another one about the bytes that they share. Of a union one
// member is enough.
class ValueReader {
 public:
  // `layout` stays the caller's and has to outlive the reader.
  ValueReader(const Layout& layout, WideNumbers wide, Members members = Members::all);

  // The JSON value that comes next, as Notation::Form::json has it, members in any order. `what` is how
  // messages call it ("key"); `out` has layout.size() bytes.
  void read_json(JsonReader& json, std::string_view what, MutableBytes out);

  // The same from cells, as Notation::Form::bare has them: start(), then each of columns(). `what` and `out`
  // have to live until the last one is read.
  void start(std::string_view what, MutableBytes out);
  void read_cell(const ColumnField& column, std::string_view cell);
  // The index of a field whose column is missing where there are only those of the fields `given`.
  std::optional<size_t> missing_column(std::span<const size_t> given);

 private:
  struct Member {
    std::string_view name;
    size_t index;
    size_t offset;  // from the object's begin
  };
  struct Object {
    size_t begin = 0;  // in members_
    size_t end = 0;
  };

  void compile(size_t index);
  void collect_members(size_t parent, size_t offset);
  std::span<const Member> members_of(size_t index) const;
  size_t find(size_t index, std::string_view name, size_t guess, const FieldPath& path) const;

  void value(JsonReader& json, size_t index, size_t offset, const FieldPath& path);
  void array(JsonReader& json, size_t index, size_t offset, const FieldPath& path);
  void object(JsonReader& json, size_t index, size_t offset, const FieldPath& path);
  void leaf(JsonReader& json, size_t index, size_t offset, const FieldPath& path);
  void cell_leaf(std::string_view cell, size_t index, size_t offset, const FieldPath& path);
  LeafPlace place(size_t index, size_t offset, const FieldPath& path);
  void check_agreement(const LeafPlace& place, size_t offset);

  enum class Named { members, columns };
  bool has_name(size_t index, Named named) const;
  size_t missing(size_t parent, Named named) const;

  const Layout& layout_;
  const WideNumbers wide_;
  const Members demanded_;
  std::vector<Member> members_;
  std::vector<Object> objects_;  // by field; of what is one object in JSON
  std::vector<char> given_;      // by field

  // Of the value that is read.
  std::string_view what_;
  MutableBytes out_;
  JsonReader cell_json_;
  std::string quoted_;
  // Where fields share bits: those that some field wrote, and a leaf's bytes before it was read.
  std::vector<std::byte> written_;
  std::vector<std::byte> before_;
};

}  // namespace percpumap
