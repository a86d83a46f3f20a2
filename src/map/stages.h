// Batch in, batch out, between the scan and the printer. Nothing is allocated per batch but what `aggregates`
// has to grow.
#pragma once

#include "map/batch.h"
#include "types/layout.h"

namespace percpumap {

// Keeps of each row the slots of `chosen` (a subset of from.cpus): what is left has the shape of `from` with
// these CPUs.
void choose_cpus(const Shape& from, const CpuList& chosen, Batch& batch);

// Fills `aggregates` with the 64-bit sum over a row's slots, wrapping as counters do. REQUIRES
// value.is_number().
void sum_slots(const Shape& shape, const Layout& value, Batch& batch);

}  // namespace percpumap
