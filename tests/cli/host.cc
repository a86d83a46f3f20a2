#include "cli/host.h"

#include <fstream>
#include <stdexcept>
#include <string>

#include "support/host_kernel.h"

namespace percpumap::test {
namespace {

CpuList cpus(const std::string& name) {
  const std::string path = "/sys/devices/system/cpu/" + name;
  std::string text;
  std::getline(std::ifstream(path), text);
  std::optional<CpuList> list = CpuList::parse(text);
  if (!list || list->empty()) throw std::runtime_error("no list of CPUs in " + path);
  return *std::move(list);
}

}  // namespace

std::optional<uint32_t> Host::offline_cpu() const {
  for (const uint32_t cpu : possible.ids()) {
    if (!online.contains(cpu)) return cpu;
  }
  return std::nullopt;
}

Host this_host() {
  KernelVersion kernel = host_kernel().value_or(kNewestKernel);
  kernel.patch = 0;
  return {.kernel = kernel, .possible = cpus("possible"), .online = cpus("online")};
}

}  // namespace percpumap::test
