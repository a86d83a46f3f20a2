// What is missing for working with per-CPU hash maps, and what mends it: probe_features() for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/cpu_list.h"
#include "map/features.h"
#include "map/surroundings.h"

namespace percpumap {

enum class Health { ok, limited, missing };
std::string_view health_name(Health health);

struct Check {
  std::string_view name;  // stable
  Health health = Health::ok;
  std::string reason = {};  // what does not work, and why; empty where all is well
  // A command for sh(1), or how a container is to be started; empty where nothing mends it from here.
  std::string mend = {};
};

// CPUs whose values this process does not reach as it reaches the others.
struct FarCpus {
  CpuList offline;
  CpuList left_out;  // online, but no program of this process may run there
};
// Runs a program on each CPU that is online, on a map of its own that is gone afterwards. Who may not run
// programs finds no CPU left out.
FarCpus find_far_cpus(Backend& backend);

// In order of importance. A check that cannot be made before another one is mended is left out.
std::vector<Check> examine(const std::vector<Feature>& features, const FarCpus& cpus,
                           const Surroundings& around);

}  // namespace percpumap
