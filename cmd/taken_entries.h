// Entries, or what they held, that are in no map any more and perhaps not yet anywhere else.
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
  // visit(batch, first) for each batch: its entries from `first` on are among them.
  template <typename Visit>
  void for_each_batch(Visit visit) {
    for (Taken& taken : batches_) visit(taken.batch, taken.first);
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
