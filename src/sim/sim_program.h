// BPF programs on the simulated kernel.
#pragma once

#include <system_error>

#include "backend/backend.h"
#include "sim/hash_table.h"
#include "sim/kernel_rules.h"

namespace percpumap {

// RawMap::run_program() over `table`, whose Guard is held: nothing happens meanwhile, which a kernel does not
// promise. Where it passes something by, this does:
// - The slot of a CPU that is in a hole of the possible mask is NULL; a kernel does not check.
// - The padding of the creating CPU's slot is what was there before; kernels from 5.10 to 7.0 may copy what
//   lies beyond the program's value (kernel-semantics.md 3.4).
std::error_code run_sim_program(const SimKernel& kernel, HashTable& table, uint32_t cpu, ProgramCall& call);

}  // namespace percpumap
