// Whether what a command printed is what its case expects.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace percpumap::test {

// `expected` lines as case_file.h has them; `seen` a whole stream. A last line without its newline differs
// from one that has it, and is shown as such. Returns "" when they match, else both in one view: `  ` lines
// in common,
// `- ` expected, `+ ` seen.
std::string difference(std::span<const std::string> expected, std::string_view seen);

}  // namespace percpumap::test
