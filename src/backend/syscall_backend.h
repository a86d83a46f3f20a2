// The real kernel, through libbpf's thin wrappers: one method, one bpf(2) command.
#pragma once

#include <memory>
#include <string>

#include "backend/backend.h"

namespace percpumap {

// Throws Error (system) when the kernel's CPU masks cannot be read: without them no row can be sized.
std::unique_ptr<Backend> make_syscall_backend();

// "1.1": the libbpf that is linked in.
std::string libbpf_version();

}  // namespace percpumap
