#include "output/columns.h"

#include <algorithm>

namespace percpumap {
namespace {

// No column is made narrower than this.
constexpr size_t kLeastWidth = 8;

size_t width_within(const Column& column, size_t most) {
  return column.right ? column.width : std::min(column.width, most);
}

size_t line_width(std::span<const Column> columns, size_t most) {
  size_t width = 0;
  for (const Column& column : columns) width += width_within(column, most) + kColumnGap;
  return width - std::min(width, kColumnGap);
}

}  // namespace

size_t line_width(std::span<const Column> columns) {
  return line_width(columns, SIZE_MAX);
}

void place_columns(std::span<Column> columns, size_t limit) {
  size_t most = limit;
  while (most > kLeastWidth && line_width(columns, most) > limit) --most;
  size_t start = 0;
  for (Column& column : columns) {
    column.start = start;
    column.most = most;
    if (most > 0) column.width = width_within(column, most);
    start = column.end() + kColumnGap;
  }
}

std::string column_title(std::string_view name) {
  std::string title(name);
  for (char& c : title) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return title;
}

void write_title(Text& out, bool styled, std::string_view title) {
  out.write(styled ? "\x1b[1m" : "");
  out.write(title);
  out.write(styled ? "\x1b[0m" : "");
}

}  // namespace percpumap
