// Everything random of a run, from one number: the same seed gives the same run on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "base/bytes.h"

namespace percpumap::test {

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  uint64_t bits() { return engine_(); }
  // 0 … n - 1. The standard's distributions differ by library; the bias of a remainder does no harm here.
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(bits() % n); }
  uint32_t between(uint32_t lowest, uint32_t highest) { return lowest + below(highest - lowest + 1); }
  bool one_in(uint32_t n) { return below(n) == 0; }
  bool percent(uint32_t chance) { return below(100) < chance; }

  template <typename T>
  const T& pick(const std::vector<T>& choices) {
    return choices[below(static_cast<uint32_t>(choices.size()))];
  }

  void fill(MutableBytes bytes) {
    uint64_t word = 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
      word = i % sizeof word == 0 ? bits() : word >> 8;
      bytes[i] = static_cast<std::byte>(word);
    }
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace percpumap::test
