// Paths for pins, and why one cannot be used.
#pragma once

#include <string>
#include <system_error>

#include "backend/backend.h"
#include "base/error.h"

namespace percpumap {

// Throws the Error that pinning at `path` would end in, as far as can be told without trying: cannot_create
// for a path that exists, a missing directory, a place that is not a bpffs or a name with a dot.
void check_pin_path(Backend& backend, const std::string& path);

// The Error for `ec`, answered to BPF_OBJ_PIN at `path`.
Error pin_failure(Backend& backend, const std::string& path, std::error_code ec);

}  // namespace percpumap
