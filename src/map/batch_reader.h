// One call of LOOKUP_BATCH after the other, or of LOOKUP_AND_DELETE_BATCH.
#pragma once

#include <cstdint>
#include <system_error>

#include "map/map.h"

namespace percpumap {

// One call and its outcome. The cursor of a hash map is a bucket number
// (__htab_map_lookup_and_delete_batch(), kernel/bpf/hashtab.c): every bucket from `cursor` up to, without,
// `next` was read at once and whole, and none of `next` or behind it.
struct BatchStep {
  uint32_t cursor = 0;
  uint32_t asked = 0;
  uint32_t got = 0;
  uint32_t next = 0;
  // None; ENOENT: the map ends here; ENOSPC: `got` is 0 because bucket `next` has more than `asked` entries;
  // anything else: entries came, and `next` is where to try again.
  std::error_code answer;
};

// Each thread has its own; the map may be shared.
class BatchReader {
 public:
  BatchReader(Map& map, BatchCommand command) : map_(map), command_(command) {}

  // Reads up to `asked` entries from bucket `cursor` on into `batch`, which gets room for them. A busy kernel
  // is asked again as long as nothing came. Throws Error for every other answer without entries.
  BatchStep read(Batch& batch, uint32_t cursor, uint32_t asked);

  uint64_t calls() const { return calls_; }

 private:
  BatchStep call(Batch& batch, uint32_t cursor, uint32_t asked);

  Map& map_;
  BatchCommand command_;
  uint64_t calls_ = 0;
};

}  // namespace percpumap
