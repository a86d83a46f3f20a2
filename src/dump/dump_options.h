// How a map is read and printed.
#pragma once

#include <functional>
#include <optional>

#include "map/scan.h"

namespace percpumap {

// Brings a batch of all CPUs to what is printed. Several threads call it at the same time.
using Stage = std::function<void(Batch&)>;

inline constexpr uint64_t kNoLimit = UINT64_MAX;

struct DumpOptions {
  Engine engine = Engine::automatic;
  unsigned jobs = 1;          // threads that read; the walk engine has one, and so has a dump with a limit
  uint64_t limit = kNoLimit;  // stop behind so many rows
  Stage stage{};
  // Both are optional and called by the thread that called Dump::run(), every now and then: whether to
  // stop; and how far the reading is, entries and, where it is known, the share of the buckets that is done.
  std::function<bool()> stopped{};
  std::function<void(uint64_t rows, std::optional<double> share)> progress{};
  // Optional: each batch; by any thread, one at a time.
  std::function<void(const BatchStep&)> on_step{};
};

}  // namespace percpumap
