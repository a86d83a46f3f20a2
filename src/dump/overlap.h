// Reading in one thread, formatting in another.
#pragma once

#include <functional>

#include "map/batch.h"

namespace percpumap {

// Calls read() in a thread of its own until it answers false, and use() with each batch, in order, in the
// calling thread. A few batches are on their way at a time; their buffers are used again. What either throws
// comes out of here, after what was read before it is used; no thread is left. use() answers false to end
// the reading early. Where no thread can be made, the calling thread does both in turn.
void overlap(const std::function<bool(Batch&)>& read, const std::function<bool(Batch&)>& use);

}  // namespace percpumap
