#include "sim/machine.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace percpumap {
namespace {

// Without sysfs, as in a bare chroot, the C library still knows how many there are.
CpuList counted() {
  std::vector<uint32_t> ids(static_cast<size_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN))));
  std::iota(ids.begin(), ids.end(), 0U);
  return CpuList(std::move(ids));
}

CpuList read_mask(const std::string& path) {
  std::string text;
  std::getline(std::ifstream(path), text);
  const auto cpus = CpuList::parse(text);
  return cpus && !cpus->empty() ? *cpus : counted();
}

}  // namespace

Machine host_machine() {
  return {read_mask("/sys/devices/system/cpu/possible"), read_mask("/sys/devices/system/cpu/online")};
}

}  // namespace percpumap
