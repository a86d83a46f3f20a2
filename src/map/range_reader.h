// One range of a map's buckets, so that several threads can read one map.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "map/batch_reader.h"
#include "map/scan_stats.h"

namespace percpumap {

// Whether the kernel's cursor is a bucket number of such a map: from the last bucket it must come to the end
// or say that this bucket does not fit. Costs a system call.
bool cursor_is_bucket(Map& map);

// The buckets [begin, end). A batch is whole buckets until the next one does not fit, so the last one may run
// past `end`. That is allowed up to `slack`, and the next range gives up to its `head` (this one's slack)
// apart, so that entries that come twice can be found by their keys. begin < head, end <= slack.
struct BucketRange {
  uint64_t index = 0;  // ranges are counted from 0
  uint32_t begin = 0;
  uint32_t head = 0;
  uint32_t end = 0;
  uint32_t slack = 0;
  double density = 0;  // expected entries per bucket
};

struct RangeEnd {
  // Keys of the last batch if it ran past the end: each may belong to a later bucket, below range.slack
  // unless `astray`. An entry that is there all the time is among them or in the next range or in both.
  std::vector<std::byte> doubtful;
  uint32_t next = 0;    // the first bucket that was not read; end or beyond
  bool astray = false;  // the last batch ran past slack and could not be made smaller: only a reading that
                        // goes on from `next`, not from `end`, continues it
};

// Each thread has its own; the map may be shared.
class RangeReader {
 public:
  // Called for every batch; `head`: it begins in front of range.head.
  using Visit = std::function<void(Batch& batch, bool head)>;

  // Never asks for more than `capacity` entries at once, unless a bucket has more.
  RangeReader(Map& map, uint32_t capacity)
      : reader_(map, BatchCommand::lookup), capacity_(capacity), map_(map) {}

  RangeEnd read(const BucketRange& range, const Visit& visit);
  const ScanStats& stats() const { return stats_; }
  // Called with every system call, where it is set.
  std::function<void(const BatchStep&)> on_step;

 private:
  uint32_t guess(const BucketRange& range, uint32_t at) const;
  BatchStep read_within(const BucketRange& range, uint32_t at);

  BatchReader reader_;
  const uint32_t capacity_;
  Map& map_;
  Batch batch_;
  ScanStats stats_;
};

}  // namespace percpumap
