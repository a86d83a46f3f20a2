// The cells of one column of a table.
#pragma once

#include "output/line.h"
#include "output/units.h"
#include "types/format.h"

namespace percpumap {

// Writes one field of keys, values or aggregates.
class CellWriter {
 public:
  // `marks`: numbers with thousands marks.
  CellWriter(const Layout& layout, const ColumnField& field, bool marks);

  // Aligned to the right, as a number.
  bool right() const { return right_; }
  // No cell takes more characters, blanks before it apart.
  size_t most() const { return marks_ ? writer_.width() * 4 / 3 + 1 : writer_.width() + kEllipsisRoom; }

  // The columns that the field of the value at `at` takes. `scratch` is cleared.
  size_t measure(const std::byte* at, Text& scratch) const;
  void put(Line& line, const Column& column, const std::byte* at) const {
    if (right_) {
      Line::Number text;
      line.put_number(column, text, put_number(text, at));
    } else {
      char* const begin = line.begin_cell(column);
      line.end_cell(column, begin, writer_.write(begin, at), ascii_);
    }
  }

 private:
  static constexpr size_t kEllipsisRoom = 3;

  // Returns the size.
  size_t put_number(Line::Number& text, const std::byte* at) const {
    char* end = writer_.write(text.data(), at);
    if (marks_) end = add_marks(text.data(), end);
    return static_cast<size_t>(end - text.data());
  }

  ValueWriter writer_;
  bool right_;
  bool ascii_;
  bool marks_;
};

}  // namespace percpumap
