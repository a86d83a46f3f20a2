// Every entry of a map, in batches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "map/map.h"

namespace percpumap {

enum class Engine { automatic, batch, walk };
std::optional<Engine> engine_by_name(std::string_view name);

struct ScanOptions {
  Engine engine = Engine::automatic;  // automatic: batches where the kernel has them
  bool take = false;                  // remove what is read (LOOKUP_AND_DELETE_BATCH, or key by key)
  uint64_t max_entries = UINT64_MAX;  // stop before passing this many; a bucket is never split
  uint32_t batch_entries = 0;         // entries asked for in one call; 0: as many as fit 2 MiB
};

struct ScanStats {
  uint64_t rows = 0;
  uint64_t syscalls = 0;
  uint64_t vanished = 0;    // walk: keys gone between GET_NEXT_KEY and LOOKUP_ELEM
  uint64_t restarts = 0;    // walk: the key it stood on was gone, so the kernel began anew
  uint64_t duplicates = 0;  // walk: keys that came again and were dropped
  uint64_t grown = 0;       // batch: ENOSPC answers
  uint32_t largest_batch = 0;
  bool complete = true;  // what dump promises (CLI.md section 4) was kept
};

// One call's outcome, for -v.
struct BatchStep {
  uint32_t cursor = 0;
  uint32_t asked = 0;
  uint32_t got = 0;
  std::error_code answer;
};

// Reads a map once, from the first bucket to the last. The cursor is the scan's own: there is no way to
// use it with another map. The map outlives the scan.
class Scan {
 public:
  Scan(Map& map, const ScanOptions& options);

  // Fills `batch` with the next entries (all CPUs); false at the end. With `take`, what is in `batch` is no
  // longer in the map, also when the following call throws Error.
  bool next(Batch& batch);

  Engine engine() const { return engine_; }
  const ScanStats& stats() const { return stats_; }
  const BatchStep& last_step() const { return step_; }

 private:
  bool next_batch(Batch& batch);
  bool next_walk(Batch& batch);
  bool begin_pass();
  bool walk_key(Batch& batch);
  bool is_new();
  std::error_code call_batch(Batch& batch, uint32_t asked);
  void reserve(Batch& batch, size_t entries) const;

  Map& map_;
  ScanOptions options_;
  Engine engine_;
  ScanStats stats_;
  BatchStep step_;
  bool finished_ = false;
  uint32_t capacity_;  // entries asked for in one call

  uint32_t token_ = 0;  // batch
  bool first_ = true;

  std::unordered_map<std::string, int> seen_;  // walk: each key and the last pass that met it
  std::vector<std::byte> current_, next_;
  bool at_start_ = true;
  bool disturbed_ = false;  // in this pass
  bool repeating_ = false;
  int passes_ = 0;
  uint64_t steps_ = 0;  // in this pass
};

}  // namespace percpumap
