// BPF programs that insert and delete keys of a map on every CPU while somebody reads it.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace percpumap::test {

// Keys with this bit are the programs'; a test keeps its own below it.
inline constexpr uint64_t kChurned = uint64_t{1} << 63;

struct ChurnPlan {
  uint32_t keys;   // a power of two: kChurned, kChurned + 1, … are inserted and deleted at random
  uint32_t burst;  // so many attempts to insert follow each other, then as many to delete, and so on
};

// A descriptor that is closed at the end.
class BpfFd {
 public:
  // Takes what a bpf(2) command returned; throws std::system_error with errno when that is an error.
  BpfFd(int fd, const char* what);
  ~BpfFd();
  BpfFd(const BpfFd&) = delete;
  BpfFd& operator=(const BpfFd&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// From construction to destruction a thread on each CPU of this process runs the programs (socket filters, by
// BPF_PROG_TEST_RUN), on a map of the real kernel with 8-byte keys and 8-byte values. A key that they insert
// is its own value on the CPU that inserted it.
class Churn {
 public:
  // Throws std::system_error when a program cannot be loaded.
  Churn(uint32_t map_id, ChurnPlan plan);
  ~Churn();
  Churn(const Churn&) = delete;
  Churn& operator=(const Churn&) = delete;

  // Keys that came, and that went, so far.
  uint64_t inserted() const { return count(0); }
  uint64_t deleted() const { return count(1); }

 private:
  void churn_on(size_t cpu) const;
  uint64_t count(uint32_t which) const;

  uint32_t burst_;
  BpfFd map_;
  BpfFd counts_;  // an array of what inserted() and deleted() tell
  BpfFd insert_;
  BpfFd delete_;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace percpumap::test
