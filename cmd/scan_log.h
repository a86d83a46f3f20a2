// What dump, batch-dump and drain say about how they read a map.
#pragma once

#include <chrono>

#include "base/error.h"
#include "map/scan.h"

namespace percpumap {

// A batch that was just read: where it began, how many were asked for, how many came, the answer.
void log_step(const BatchStep& step);

// What the reading came to. `bytes`: of the output.
void log_end(Engine engine, const ScanStats& stats, uint64_t bytes, std::chrono::duration<double> took);

// Which part of the buckets a scan by batches has read, 0 to 1.
double share_read(const Map& map, const Scan& scan);

// Why the document, though whole as text, does not hold the whole map.
Error incomplete(const Map& map, const ScanStats& stats);

}  // namespace percpumap
