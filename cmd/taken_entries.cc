#include "cmd/taken_entries.h"

#include <utility>

namespace percpumap {

Batch& TakenEntries::next_batch() {
  batches_.push_back(std::move(spare_));
  spare_ = {};
  Taken& taken = batches_.back();
  taken.batch.count = 0;
  taken.ends.clear();
  taken.first = 0;
  return taken.batch;
}

void TakenEntries::delivered(uint64_t position) {
  while (!batches_.empty()) {
    Taken& taken = batches_.front();
    while (taken.first < taken.ends.size() && taken.ends[taken.first] <= position) ++taken.first;
    if (taken.first < taken.batch.count) return;
    spare_ = std::move(taken);
    batches_.pop_front();
  }
}

size_t TakenEntries::count() const {
  size_t count = 0;
  for (const Taken& taken : batches_) count += taken.batch.count - taken.first;
  return count;
}

}  // namespace percpumap
