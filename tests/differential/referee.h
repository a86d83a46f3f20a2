// Compares answers, counts them, and remembers what led to the first that differ.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>

#include "differential/map_call.h"

namespace percpumap::test {

// what(): seed, the last operations, and both answers, the judge's first.
class Difference : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string describe(const MapSpec& spec);

class Referee {
 public:
  explicit Referee(uint64_t seed) : seed_(seed) {}

  // Every operation begins so; the answers to it follow. `map` is the one it is about, if there is one, and
  // lives as long as it does.
  void begin(std::string operation, const MapSpec* map = nullptr);
  // Throws Difference.
  void expect_same(const Answer& judge, const Answer& tried);

  uint64_t operations() const { return operations_; }
  // How often each errno was the answer of both.
  const std::map<int, uint64_t>& codes() const { return codes_; }

 private:
  uint64_t seed_;
  uint64_t operations_ = 0;
  std::map<int, uint64_t> codes_;
  std::deque<std::string> last_;
  const MapSpec* map_ = nullptr;
};

}  // namespace percpumap::test
