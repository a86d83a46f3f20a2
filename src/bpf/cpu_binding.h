// Where the calling thread runs.
#pragma once

#include <cstdint>
#include <optional>
#include <system_error>
#include <vector>

namespace percpumap {

// Binds the thread that calls bind() to one CPU after the other; the destructor gives it back what it had.
class CpuBinding {
 public:
  CpuBinding() = default;
  CpuBinding(const CpuBinding&) = delete;
  CpuBinding& operator=(const CpuBinding&) = delete;
  ~CpuBinding();

  // The thread runs on `cpu` when this returns. ENODEV: it may not (not online, or outside of its cpuset).
  // Free of cost when it is bound there already; a CPU that went offline has lost its threads, and they their
  // binding.
  std::error_code bind(uint32_t cpu);

 private:
  std::vector<unsigned long>
      before_;  // a mask of CPUs as sched_getaffinity(2) gives it; empty: not bound yet
  std::optional<uint32_t> bound_;
};

}  // namespace percpumap
