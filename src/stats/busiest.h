// The keys with the largest numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace percpumap {

// Keeps no more than `most` keys at a time, in a heap.
class Busiest {
 public:
  struct Key {
    std::vector<std::byte> key;
    uint64_t number;
    uint64_t rank;   // orders the numbers
    uint64_t order;  // among keys of one rank: which came first
  };

  explicit Busiest(size_t most) : most_(most) {}

  // A key with its number, whatever that is; the higher `rank`, the busier.
  void offer(uint64_t rank, uint64_t number, Bytes key) {
    ++offered_;
    if (heap_.size() < most_ || (most_ > 0 && rank > heap_.front().rank)) keep(rank, number, key);
  }

  // The busiest first.
  std::vector<Key> sorted() const;

 private:
  void keep(uint64_t rank, uint64_t number, Bytes key);

  size_t most_;
  uint64_t offered_ = 0;
  std::vector<Key> heap_;  // the least busy in front
};

}  // namespace percpumap
