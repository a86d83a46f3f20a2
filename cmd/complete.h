// `percpumap __complete`, which the completion scripts ask. Not for people, and not in --help.
#pragma once

#include <span>

namespace percpumap {

inline constexpr const char* kCompleteWord = "__complete";

// What may stand under the cursor of a command line, on stdout: a line of marks (`files`: a file name, where
// no offer fits; `nospace`: no blank behind what is inserted), then a line for each offer, with a tab and
// what it is where that helps. `arguments`, after __complete:
//   words WORD...    the words behind the program's name without their quotes, the last under the cursor
//   bash LINE TEXT   the line up to the cursor, and what bash replaces of it; offers come with quotes and
//                    begin where TEXT does
// Always 0: what is wrong makes fewer offers. Opens maps only to be read, loads no program, and ends after a
// second at most.
int complete(std::span<const char* const> arguments);

}  // namespace percpumap
