// Columns of tables for people.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "output/text.h"

namespace percpumap {

// Blanks between two columns.
inline constexpr size_t kColumnGap = 2;

// Where a column stands in its line, in characters.
struct Column {
  size_t start = 0;
  size_t width = 0;
  bool right = false;  // aligned to the right, as numbers are

  size_t next_start() const { return start + width + kColumnGap; }
};

// Blanks from `out` to `place` in the line that begins at `line`: at least the gap if something stands in it.
char* advance(const char* line, char* out, size_t place);

// `text` in its column. What is wider than the column just goes on. Returns the end, without blanks behind
// it.
char* put_cell(const char* line, char* out, const Column& column, std::string_view text);

// The header over a field: its name in upper case.
std::string column_title(std::string_view name);

// A header line without its end; `styled`: in bold, for a terminal.
void write_title(Text& out, bool styled, std::string_view title);

}  // namespace percpumap
