// BPF programs that count in a map's values as most programs do: load, `+= 1`, store.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/unique_fd.h"

namespace percpumap::test {

struct CountingPlan {
  std::vector<uint32_t> cpus;  // where they count
  uint32_t keys = 1;           // 0, 1, … of 4 bytes, a burst for each in turn
  uint64_t counts = 0;         // on each CPU, then it ends; 0: until stop()
};

// From construction on a thread bound to each CPU runs the programs (socket filters, by BPF_PROG_TEST_RUN) on
// a map of the real kernel with 4-byte keys, whose values begin with a native number of 8 bytes. REQUIRES
// that all keys are there: what a program does not find it does not count.
class Counting {
 public:
  // Throws std::system_error when a program cannot be loaded.
  Counting(uint32_t map_id, CountingPlan plan);
  ~Counting();
  Counting(const Counting&) = delete;
  Counting& operator=(const Counting&) = delete;

  // Ends the threads; returns what they have counted, on all CPUs.
  uint64_t stop();
  // So far.
  uint64_t counted() const { return counted_; }
  // Whether every CPU has `plan.counts`, or cannot go on, which is a test failure.
  bool done() const { return running_ == 0; }

 private:
  void count_on(uint32_t cpu);

  const CountingPlan plan_;
  std::vector<UniqueFd> programs_;  // one for each key
  std::atomic<uint64_t> counted_ = 0;
  std::atomic<size_t> running_;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace percpumap::test
