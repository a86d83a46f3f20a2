#include "cmd/pins.h"

#include <algorithm>

namespace percpumap {

std::map<uint32_t, std::vector<std::string>> all_pins(Backend& backend) {
  std::map<uint32_t, std::vector<std::string>> pins;
  for (std::string& path : backend.pinned_paths()) {
    std::unique_ptr<RawMap> map;
    MapInfo info;
    // Pins of programs, and pins that this user may not read, are none of ours.
    if (backend.open_pin(path, kReadOnly, map) || map->info(info)) continue;
    pins[info.id].push_back(std::move(path));
  }
  for (auto& [id, paths] : pins) {
    std::sort(paths.begin(), paths.end());
    // A bpffs that is mounted over another one is listed for both mounts.
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  }
  return pins;
}

std::vector<std::string> pins_of(Backend& backend, uint32_t id) {
  auto pins = all_pins(backend);
  return std::move(pins[id]);
}

}  // namespace percpumap
