#include "output/columns.h"

#include <algorithm>

namespace percpumap {

char* advance(const char* line, char* out, size_t place) {
  const auto written = static_cast<size_t>(out - line);
  if (written > 0) place = std::max(place, written + kColumnGap);
  return std::fill_n(out, place - std::min(place, written), ' ');
}

char* put_cell(const char* line, char* out, const Column& column, std::string_view text) {
  const size_t indent = column.right ? column.width - std::min(column.width, text.size()) : 0;
  out = advance(line, out, column.start + indent);
  return std::copy(text.begin(), text.end(), out);
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
