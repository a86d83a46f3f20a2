// Batch in, batch out, between the scan and the printer.
#pragma once

#include "map/batch.h"

namespace percpumap {

// Keeps of each row the slots of `chosen` (a subset of from.cpus): what is left has the shape of `from` with
// these CPUs.
void choose_cpus(const Shape& from, const CpuList& chosen, Batch& batch);

}  // namespace percpumap
