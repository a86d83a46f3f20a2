// How much room text takes on a terminal.
#pragma once

#include <cstddef>
#include <string_view>

namespace percpumap {

// Columns of a terminal: none for combining characters, two for those that East Asian Width (Unicode 15)
// calls wide. REQUIRES valid UTF-8.
size_t display_width(std::string_view text);

// The longest begin of `text` that is not wider than `columns`.
std::string_view prefix_of_width(std::string_view text, size_t columns);

// What stands in the place of text that was cut.
inline constexpr std::string_view kEllipsis = "...";

}  // namespace percpumap
