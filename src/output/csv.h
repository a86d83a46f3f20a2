// Cells of CSV (RFC 4180).
#pragma once

#include <string>
#include <string_view>

namespace percpumap {

// In quotes where it holds a comma, a quote or an end of line.
std::string csv_cell(std::string_view text);

// The same for a cell that stands in [begin, end): returns its end, at most 2 * (end - begin) + 2 characters
// from `begin`.
char* quote_csv(char* begin, char* end);

}  // namespace percpumap
