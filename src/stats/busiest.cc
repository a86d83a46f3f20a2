#include "stats/busiest.h"

#include <algorithm>

namespace percpumap {
namespace {

bool busier(const Busiest::Key& a, const Busiest::Key& b) {
  return a.rank != b.rank ? a.rank > b.rank : a.order < b.order;
}

}  // namespace

void Busiest::keep(uint64_t rank, uint64_t number, Bytes key) {
  if (heap_.size() < most_) {
    heap_.emplace_back();
  } else {
    std::pop_heap(heap_.begin(), heap_.end(), busier);
  }
  Key& kept = heap_.back();
  kept.key.assign(key.begin(), key.end());
  kept.number = number;
  kept.rank = rank;
  kept.order = offered_;
  std::push_heap(heap_.begin(), heap_.end(), busier);
}

std::vector<Busiest::Key> Busiest::sorted() const {
  std::vector<Key> keys = heap_;
  std::sort(keys.begin(), keys.end(), busier);
  return keys;
}

}  // namespace percpumap
