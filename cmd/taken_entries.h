// Entries that are in no map any more and perhaps not yet anywhere else.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "map/batch.h"

namespace percpumap {

// In the order in which they were taken, which is that of the output. An entry without a text is not
// delivered.
class TakenEntries {
 public:
  // Where the next entries are taken to; good until the next call.
  Batch& next_batch();
  // Where in the output the text of the next entry of that batch ends, in bytes from the output's start.
  void text_ends_at(uint64_t position) { batches_.back().ends.push_back(position); }
  // The output is delivered up to `position`: forgets every entry whose whole text stands before it.
  void delivered(uint64_t position);

  size_t count() const;
  // visit(batch, i) for each of them.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const Taken& taken : batches_) {
      for (size_t i = taken.first; i < taken.batch.count; ++i) visit(taken.batch, i);
    }
  }

 private:
  struct Taken {
    Batch batch;
    std::vector<uint64_t> ends;  // of the texts of its first entries
    size_t first = 0;            // not delivered
  };
  std::deque<Taken> batches_;
  Taken spare_;  // its room
};

}  // namespace percpumap
