// Numbers counted by powers of two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace percpumap {

// Of numbers of one kind: integers of 64 bits with or without a sign, or floats. Memory does not depend on
// how many are counted.
class Histogram {
 public:
  enum class Numbers { unsigned_integers, signed_integers, floats };

  explicit Histogram(Numbers numbers);

  void add(uint64_t integer);  // REQUIRES integers; two's complement where they have a sign
  void add(double number);     // REQUIRES floats

  // Step 0 is zero. Steps 1, 2, … are the numbers from 2^exponent(step) on and below the next power of two;
  // steps -1, -2, … are the same numbers with a minus.
  struct Bucket {
    int step;
    uint64_t count;
    bool operator==(const Bucket&) const = default;
  };
  // Those that are not empty, ascending.
  std::vector<Bucket> buckets() const;
  // REQUIRES a step that is not 0.
  int exponent(int step) const;
  static constexpr int kInfinity = 1024;  // the exponent of what is not finite

  bool is_floating() const { return numbers_ == Numbers::floats; }
  uint64_t nans() const { return nans_; }

 private:
  int zero() const { return static_cast<int>(counts_.size() / 2); }
  void count(int step) {
    const int index = zero() + step;
    ++counts_[static_cast<size_t>(index)];
  }

  Numbers numbers_;
  std::vector<uint64_t> counts_;  // by step, zero in the middle
  uint64_t nans_ = 0;
};

}  // namespace percpumap
