// A simulated kernel: a directory is a machine, each map a file that processes map shared.
#pragma once

#include <memory>
#include <string>

#include "backend/backend.h"

namespace percpumap {

// The machine in `directory`. A directory that does not exist is a machine without maps; the first map made
// there creates it (its parent must exist). CPUs, kernel version and rights are those of its machine file, or
// host_machine()'s (sim/machine.h).
// What PERCPUMAP_SIM_FAULTS asks for goes wrong (sim/faults.h).
// Throws Error: usage for a bad PERCPUMAP_SIM_FAULTS, not_permitted when others own it or may write to it,
// system when it cannot be read.
std::unique_ptr<Backend> make_sim_backend(const std::string& directory);

}  // namespace percpumap
