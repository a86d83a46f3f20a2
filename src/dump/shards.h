// One map read and formatted by several threads.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "dump/block_order.h"
#include "dump/dump_options.h"

namespace percpumap {

// How much is read and formatted at a time.
struct RangeSize {
  size_t entries = 0;
  size_t text = 0;  // characters
};

// Few enough entries that finished blocks wait for their turn in little memory, and many enough that what is
// done at the borders of a range costs nothing; `wish` if that is between. `text`: characters of one entry.
// No entries where they are so large that one thread does as well.
RangeSize range_size(const Shape& shape, size_t text, size_t wish);

// The range behind `last`, of about so many entries. It reaches at least as far as `last` may run over,
// whatever the density has become meanwhile: what `last` gave in doubt is in this range or in none.
BucketRange range_after(const BucketRange& last, double density, size_t entries, uint32_t buckets);

// Reads the buckets from `from` on in ranges, which the threads take in order. `seen`: entries in the buckets
// before; they hash evenly, so this tells how wide a range of that size is.
class Shards {
 public:
  Shards(Map& map, const Printer& printer, RowTarget& target, const DumpOptions& options, uint32_t from,
         uint64_t seen, const RangeSize& size);

  // Returns when the target has all, or it was to stop. A bucket is returned when one thread has to go on
  // from there, because entries became too few for ranges. Throws as Dump::run().
  std::optional<uint32_t> run();

  const ScanStats& stats() const { return stats_; }

 private:
  std::optional<BucketRange> next_range();
  void work();
  std::unique_ptr<Block> read(RangeReader& reader, const BucketRange& range, std::unique_ptr<Block> block);
  void format(Batch& batch, bool head, const BucketRange& range, Block& block);
  std::vector<std::thread> start();
  void watch();

  Map& map_;
  const Printer& printer_;
  const DumpOptions& options_;
  const uint32_t buckets_;
  const RangeSize size_;
  BlockOrder order_;

  std::mutex mutex_;
  std::condition_variable ended_;
  uint64_t handed_out_ = 0;
  BucketRange last_;       // of those
  uint64_t seen_entries_;  // in seen_buckets_
  uint64_t seen_buckets_;
  unsigned working_ = 0;
  ScanStats stats_;
  std::atomic<bool> stop_ = false;
};

}  // namespace percpumap
