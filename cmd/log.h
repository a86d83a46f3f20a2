// Notes for people, on stderr. Errors go by report.h.
#pragma once

#include <string>

namespace percpumap {

// verbosity: -1 quiet, 0 usual, 1 -v, 2 -vv.
void set_verbosity(int verbosity);
bool verbose(int level);

// What a user must know even under -q: where data stands that is not where it should be.
void warn(const std::string& text);
// What a user should know now; not under -q.
void note(const std::string& text);
// What was done; under -v, or -vv for level 2.
void detail(const std::string& text, int level = 1);

}  // namespace percpumap
