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

// Entries of one range: few enough that finished blocks wait for their turn in little memory, and many enough
// that what is done at its borders costs nothing. 0 for entries so large that one thread does as well.
size_t entries_per_range(const Shape& shape);

// Reads the buckets from `from` on in ranges, which the threads take in order. `seen`: entries in the buckets
// before; entries hash evenly, so this tells how wide a range has to be.
class Shards {
 public:
  Shards(Map& map, const Printer& printer, Document& document, const DumpOptions& options, uint32_t from,
         uint64_t seen);

  // Returns when all is in the document, or it was to stop. A bucket is returned when one thread has to go on
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
  const size_t range_entries_;
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
