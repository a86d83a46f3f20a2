#include "cli/host.h"

#include "support/host_kernel.h"

namespace percpumap::test {

std::optional<uint32_t> Host::offline_cpu() const {
  for (const uint32_t cpu : possible.ids()) {
    if (!online.contains(cpu)) return cpu;
  }
  return std::nullopt;
}

Host this_host() {
  Machine machine = this_machine();
  machine.kernel.patch = 0;
  return {.kernel = machine.kernel, .possible = machine.possible, .online = machine.online};
}

}  // namespace percpumap::test
