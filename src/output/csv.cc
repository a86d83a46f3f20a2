#include "output/csv.h"

#include <algorithm>

namespace percpumap {
namespace {

bool needs_quotes(std::string_view text) {
  return text.find_first_of(",\"\r\n") != std::string_view::npos;
}

}  // namespace

std::string csv_cell(std::string_view text) {
  std::string cell(text);
  cell.resize(2 * text.size() + 2);
  cell.resize(static_cast<size_t>(quote_csv(cell.data(), cell.data() + text.size()) - cell.data()));
  return cell;
}

char* quote_csv(char* begin, char* end) {
  if (!needs_quotes({begin, static_cast<size_t>(end - begin)})) return end;
  char* to = end + std::count(begin, end, '"') + 2;
  char* const quoted = to;
  *--to = '"';
  for (const char* from = end; from != begin;) {
    *--to = *--from;
    if (*from == '"') *--to = '"';
  }
  *--to = '"';
  return quoted;
}

}  // namespace percpumap
