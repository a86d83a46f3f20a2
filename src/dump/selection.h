// Entries in an order of their own.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "map/sort_order.h"
#include "output/document.h"

namespace percpumap {

// Keeps all entries, or the `most` that come first in the order; of equal ones those that came first. Its
// memory is that of the entries it keeps: for each its rank, its key, its row and 16 bytes.
class Selection final : public RowTarget {
 public:
  // Of rows of this shape, without aggregates. The order outlives the selection. REQUIRES most > 0.
  Selection(const SortOrder& order, const Shape& shape, uint64_t most);
  ~Selection() override;

  // Makes of entries what rows() takes; leaves out entries of which it is known that they will not be kept.
  const Printer& printer() const;

  void begin(const Batch&) override {}
  void rows(const Batch& batch) override;
  void rows(std::string_view text, uint64_t count) override;
  uint64_t count() const override { return count_; }

  // When all have come: `use` gets those that are kept, in the order.
  void hand_over(const std::function<void(Batch&)>& use);

 private:
  class Writer;
  struct Kept {
    std::byte* record;
    uint64_t sequence;
  };
  bool before(const Kept& a, const Kept& b) const;
  void keep(const char* record);
  std::byte* room();
  void raise_bar();

  const Shape shape_;
  const size_t rank_size_;
  const size_t record_size_;  // rank, key, row
  const uint64_t most_;
  uint64_t count_ = 0;
  uint64_t sequence_ = 0;   // of the next one
  std::vector<Kept> kept_;  // a heap with the last one of the order in front, once there are `most`
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  size_t chunk_used_ = 0;  // records in the last one
  // What ranks begin with that can still be kept: no larger number. Workers look at it while rows come.
  std::atomic<uint64_t> bar_ = UINT64_MAX;
  std::unique_ptr<Writer> writer_;
  Text text_;
};

}  // namespace percpumap
