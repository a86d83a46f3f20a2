#include "bpf/cpu_binding.h"

#include <sched.h>

#include <cerrno>
#include <climits>

#include "base/error.h"

namespace percpumap {
namespace {

// Masks for more CPUs than cpu_set_t has: NR_CPUS is at most 8192.
constexpr size_t kMostCpus = 8192;
constexpr size_t kWordBits = CHAR_BIT * sizeof(unsigned long);

using Mask = std::vector<unsigned long>;

cpu_set_t* set_of(Mask& mask) {
  return reinterpret_cast<cpu_set_t*>(mask.data());
}
size_t bytes_of(const Mask& mask) {
  return mask.size() * sizeof mask.front();
}

bool apply(Mask& mask) {
  return sched_setaffinity(0, bytes_of(mask), set_of(mask)) == 0;
}

}  // namespace

std::error_code CpuBinding::bind(uint32_t cpu) {
  if (bound_ == cpu && sched_getcpu() == static_cast<int>(cpu)) return {};
  if (before_.empty()) {
    Mask mask(kMostCpus / kWordBits);
    if (sched_getaffinity(0, bytes_of(mask), set_of(mask)) != 0) return errno_code(ENODEV);
    before_ = mask;
  }
  Mask one(kMostCpus / kWordBits);
  if (cpu < kMostCpus) one[cpu / kWordBits] = 1UL << (cpu % kWordBits);
  bound_.reset();
  if (!apply(one)) return errno_code(ENODEV);
  bound_ = cpu;
  return {};
}

CpuBinding::~CpuBinding() {
  if (!before_.empty()) apply(before_);
}

}  // namespace percpumap
