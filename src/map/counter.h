// Adding to the counters of an entry while programs count there.
#pragma once

#include "map/cpu_programs.h"
#include "map/delta.h"

namespace percpumap {

// Adds `delta` to the slot of each of `cpus`, on that CPU, so that what programs count meanwhile is not lost
// (see CpuPrograms). A key that is not there is made, with the delta on these CPUs and zeroes on the others.
// Throws Error; a frozen map is refused, though programs could write it.
void add_to_entry(CpuPrograms& programs, Bytes key, const Delta& delta, const CpuList& cpus);

}  // namespace percpumap
