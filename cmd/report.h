// An error for people or for scripts.
#pragma once

#include "base/error.h"

namespace percpumap {

// On stderr: "percpumap: message" and the hint on a line of its own, or one JSON object (CLI.md section 3).
// Returns the exit status. A closed pipe says nothing: 141, as if SIGPIPE had ended the program.
int report(const Error& error, bool json);

}  // namespace percpumap
