// Making a simulated machine, and clearing one away.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/machine.h"

namespace percpumap {

// Maps that live on the machine in `directory`. Throws Error as MapRegistry does.
uint64_t count_maps(const std::string& directory);

// Gives the machine in `directory` other CPUs, another kernel or other capabilities; makes the directory,
// mode 0700, where it is missing (its parent must exist). Throws Error: cannot_create while maps live there,
// because their rows are made for its CPUs, or when the directory cannot be made.
void init_machine(const std::string& directory, const Machine& machine);

// All that lies in a machine's directory.
struct MachineParts {
  uint64_t maps = 0;
  uint64_t pins = 0;
  std::vector<std::string> paths;  // a directory's content before the directory
};

// Throws Error: bad_data for anything in `directory` that is no part of a machine, system when it cannot be
// read. A directory that is not there has no parts.
MachineParts machine_parts(const std::string& directory);

// Throws Error (system) at the first that cannot be removed; one that is gone already is no failure.
void remove_parts(const MachineParts& parts);

}  // namespace percpumap
