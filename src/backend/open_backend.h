// The only place that knows all backends.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "backend/backend.h"

namespace percpumap {

// "syscall", "sim" or "sim:DIR". "sim" alone is $XDG_RUNTIME_DIR/percpumap, else /tmp/percpumap-UID.
// Throws Error: usage for another word, not_permitted or system when the place cannot be used. Never falls
// back from one backend to another.
std::unique_ptr<Backend> open_backend(std::string_view where);

}  // namespace percpumap
