// What a simulated machine is made of, maps apart.
#pragma once

#include "base/cpu_list.h"

namespace percpumap {

struct Machine {
  CpuList possible;
  CpuList online;
};

// This host's CPUs, from /sys/devices/system/cpu; where sysfs is not mounted, as many as are online, from 0
// on.
Machine host_machine();

}  // namespace percpumap
