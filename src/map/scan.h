// Every entry of a map, in batches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "map/batch_reader.h"
#include "map/scan_stats.h"

namespace percpumap {

enum class Engine { automatic, batch, walk };
std::optional<Engine> engine_by_name(std::string_view name);

struct ScanOptions {
  Engine engine = Engine::automatic;  // automatic: batches where the kernel has them
  bool take = false;                  // remove what is read (LOOKUP_AND_DELETE_BATCH, or key by key)
  uint64_t max_entries = UINT64_MAX;  // stop before passing this many; a bucket is never split
  uint32_t batch_entries = 0;         // entries asked for in one call; 0: as many as fit kBatchBytes
  Bytes key{};  // this entry alone, which need not be there: a batch of one, or an empty one. Null: all
};

// What one call brings: enough that the call itself costs nothing, small enough to stay in a processor's
// cache until it is formatted.
inline constexpr size_t kBatchBytes = size_t{256} << 10;

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

  // Batch engine: the bucket that comes next, and going on from a later one.
  uint32_t bucket() const { return step_.next; }
  void skip_to(uint32_t bucket) { step_.next = bucket; }
  bool finished() const { return finished_; }

 private:
  bool next_entry(Batch& batch);
  bool next_batch(Batch& batch);
  bool next_walk(Batch& batch);
  bool begin_pass();
  bool walk_key(Batch& batch);
  bool is_new();
  uint64_t most_steps() const;

  Map& map_;
  ScanOptions options_;
  Engine engine_;
  ScanStats stats_;
  BatchReader reader_;
  BatchStep step_;
  bool finished_ = false;
  uint32_t capacity_;  // entries asked for in one call

  std::unordered_map<std::string, int> seen_;  // walk: each key and the last pass that met it
  std::vector<std::byte> current_, next_;
  bool at_start_ = true;
  bool disturbed_ = false;  // in this pass
  bool repeating_ = false;
  int passes_ = 0;
  uint64_t steps_ = 0;
};

}  // namespace percpumap
