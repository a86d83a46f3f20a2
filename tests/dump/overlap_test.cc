#include "dump/overlap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace percpumap::test {
namespace {

// A reader of batches 1, 2, 3, … `last`, told by their counts.
class Counting {
 public:
  explicit Counting(size_t last) : last_(last) {}
  bool operator()(Batch& batch) {
    if (at_ == last_) return false;
    batch.count = ++at_;
    return true;
  }
  size_t at() const { return at_; }

 private:
  size_t last_;
  size_t at_ = 0;
};

std::vector<size_t> numbers(size_t last) {
  std::vector<size_t> all(last);
  std::iota(all.begin(), all.end(), 1);
  return all;
}

TEST(Overlap, UsesEveryBatchInOrder) {
  std::vector<size_t> used;
  overlap(Counting(1000), [&](Batch& batch) {
    used.push_back(batch.count);
    return true;
  });
  EXPECT_EQ(used, numbers(1000));
}

TEST(Overlap, EndsWhenTheUserHasEnough) {
  Counting reader(1'000'000);
  std::vector<size_t> used;
  overlap(std::ref(reader), [&](Batch& batch) {
    used.push_back(batch.count);
    return used.size() < 3;
  });
  EXPECT_EQ(used, numbers(3));
  EXPECT_LT(reader.at(), 10U);  // it was never far ahead
}

TEST(Overlap, WhatTheReaderThrowsComesAfterItsBatches) {
  Counting reader(5);
  std::vector<size_t> used;
  const auto read = [&](Batch& batch) {
    if (!reader(batch)) throw std::runtime_error("broken");
    return true;
  };
  const auto use = [&](Batch& batch) {
    used.push_back(batch.count);
    return true;
  };
  EXPECT_THROW(overlap(read, use), std::runtime_error);
  EXPECT_EQ(used, numbers(5));
}

TEST(Overlap, WhatTheUserThrowsEndsTheReading) {
  Counting reader(1'000'000);
  EXPECT_THROW(overlap(std::ref(reader), [](Batch&) -> bool { throw std::runtime_error("full"); }),
               std::runtime_error);
  EXPECT_LT(reader.at(), 10U);
}

TEST(Overlap, BuffersAreUsedAgain) {
  Counting reader(100);
  std::vector<const std::byte*> places;
  const auto read = [&](Batch& batch) {
    if (batch.keys.empty()) batch.keys.resize(64);
    return reader(batch);
  };
  overlap(read, [&](Batch& batch) {
    if (std::ranges::count(places, batch.keys.data()) == 0) places.push_back(batch.keys.data());
    return true;
  });
  EXPECT_LE(places.size(), 4U);
}

}  // namespace
}  // namespace percpumap::test
