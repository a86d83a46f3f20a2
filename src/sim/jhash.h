// The kernel's hash of a key (include/linux/jhash.h; Bob Jenkins' lookup3), which decides a table's order.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace percpumap {

// jhash(key, key.size(), seed) as a little-endian kernel computes it, whatever this machine's byte order is.
// jhash2(), which the kernel uses since 6.4 for keys of whole words, gives the same there.
uint32_t jhash(Bytes key, uint32_t seed);

}  // namespace percpumap
