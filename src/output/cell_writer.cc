#include "output/cell_writer.h"

#include "output/utf8.h"

namespace percpumap {
namespace {

// Whether nothing that comes from elsewhere stands in the cells: no strings and no names.
bool is_ascii(const Layout& layout, size_t index) {
  for (size_t i = index; i < layout[index].end; ++i) {
    const Field& field = layout[i];
    if (field.kind == Kind::text || field.kind == Kind::enumeration) return false;
    if (i > index && !field.name.empty()) return false;
  }
  return true;
}

}  // namespace

CellWriter::CellWriter(const Layout& layout, const ColumnField& field, bool marks)
    : writer_(layout, {.form = Notation::Form::text}, field.index, field.offset),
      right_(layout[field.index].is_number() || layout[field.index].kind == Kind::pointer),
      ascii_(right_ || is_ascii(layout, field.index)),
      marks_(marks && right_) {}

size_t CellWriter::measure(const std::byte* at, Text& scratch) const {
  if (right_) {
    Line::Number text;
    return put_number(text, at);
  }
  scratch.clear();
  char* out = scratch.room(writer_.width() + ValueWriter::kSlack);
  return display_width({out, static_cast<size_t>(writer_.write(out, at) - out)});
}

}  // namespace percpumap
