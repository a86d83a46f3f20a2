// Columns of tables for people.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "output/text.h"

namespace percpumap {

// Blanks between two columns.
inline constexpr size_t kColumnGap = 2;

// Where a column stands in its line, in columns of the terminal.
struct Column {
  size_t start = 0;
  size_t width = 0;    // of its title and of the cells that were measured
  bool right = false;  // aligned to the right, as numbers are
  size_t most = 0;     // other cells are cut when they are wider; 0: never

  size_t end() const { return start + width; }
};

// Where the last of them ends, if each is as wide as it wants to be.
size_t line_width(std::span<const Column> columns);

// Places them side by side. If they are wider than `limit` (0: there is none), the widest of those that are
// not aligned to the right are narrowed, as far as that makes sense.
void place_columns(std::span<Column> columns, size_t limit);

// The header over a field: its name in upper case.
std::string column_title(std::string_view name);

// A header line without its end; `styled`: in bold, for a terminal.
void write_title(Text& out, bool styled, std::string_view title);

}  // namespace percpumap
