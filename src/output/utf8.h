// Text that may not be UTF-8 at all, for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/utf8.h"

namespace percpumap {

// For a terminal: control characters and bytes that are no UTF-8 as \n, \t, \r or \xNN, so that no sequence
// of `text` is obeyed.
std::string escape_controls(std::string_view text);

// Characters, which is columns for all but wide and combining ones. REQUIRES valid UTF-8.
size_t display_width(std::string_view text);

}  // namespace percpumap
