// Batch in, batch out, between the scan and the printer.
#pragma once

#include "map/batch.h"

namespace percpumap {

// Keeps of each row the slots of `chosen`: what is left has the shape of `from` with these CPUs. Throws Error
// (bug) where one of them is not in from.cpus.
void choose_cpus(const Shape& from, const CpuList& chosen, Batch& batch);

// The rows of `batch` are one CPU's values (shape.cpus is that CPU), value_size bytes each, one behind the
// other: brings them to the distance of slots. batch.rows has the room for it.
void space_values(const Shape& shape, Batch& batch);

}  // namespace percpumap
