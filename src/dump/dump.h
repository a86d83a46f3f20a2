// A whole map into a document or selection: one thread reads while another formats, or several do both.
#pragma once

#include <atomic>
#include <optional>

#include "dump/dump_options.h"
#include "dump/shards.h"
#include "map/scan.h"
#include "output/document.h"

namespace percpumap {

// Rows come in the kernel's order, which is the same whatever `jobs` is. Memory does not grow with the map.
class Dump {
 public:
  // Throws Error (unsupported) for an engine that the kernel has not.
  Dump(Map& map, const Printer& printer, RowTarget& target, DumpOptions options);

  // Returns when everything is read, or when it was to stop. Throws Error for a failure of the map or the
  // target; whatever stood before it in the map is with the target, whole rows only.
  void run();

  Engine engine() const { return scan_.engine(); }
  // What was read and printed until now; not while run() is at work.
  ScanStats stats() const;

 private:
  bool print_first(Batch& batch, uint64_t& seen);
  RangeSize ranges(const Batch& printed, uint64_t seen) const;
  bool read(Batch& batch);
  bool print(Batch& batch);
  std::optional<double> share() const;

  Map& map_;
  const Printer& printer_;
  RowTarget& target_;
  DumpOptions options_;
  Scan scan_;
  std::optional<Shards> shards_;
  std::atomic<uint32_t> reached_ = 0;  // bucket
};

}  // namespace percpumap
