// The only place that knows all backends.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "backend/backend.h"

namespace percpumap {

// The directory that "sim" ($XDG_RUNTIME_DIR/percpumap, else /tmp/percpumap-UID) or "sim:DIR" names; nullopt
// for another word.
std::optional<std::string> sim_directory(std::string_view where);

// "syscall", "sim" or "sim:DIR".
// Throws Error: usage for another word, not_permitted or system when the place cannot be used. Never falls
// back from one backend to another.
std::unique_ptr<Backend> open_backend(std::string_view where);

}  // namespace percpumap
