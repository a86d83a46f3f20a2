// The machine that the tests run on, as far as a case can depend on it.
#pragma once

#include <optional>

#include "base/cpu_list.h"
#include "sim/kernel_version.h"

namespace percpumap::test {

struct Host {
  KernelVersion kernel;  // without patch level; the newest that the simulation knows where this one is newer
  CpuList possible;
  CpuList online;

  // The first CPU that is possible and not online.
  std::optional<uint32_t> offline_cpu() const;
};

// From uname(2) and /sys/devices/system/cpu.
Host this_host();

}  // namespace percpumap::test
