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
// - Behind a program's value are zeroes, as in the arrays of bpf/entry_program.h.
std::error_code run_sim_program(const SimKernel& kernel, HashTable& table, uint32_t cpu, ProgramCall& call);

}  // namespace percpumap
