#include <fmt/format.h>

#include <algorithm>

#include "base/map_info.h"
#include "cmd/live_places.h"

namespace percpumap {
namespace {

// Maps of every type: names are not to be mistaken for theirs.
std::vector<MapInfo> all_maps(LiveLine& line) {
  std::vector<MapInfo> maps;
  Backend& backend = line.backend();
  for_each_id(backend, [&](uint32_t id) {
    std::unique_ptr<RawMap> map;
    MapInfo info;
    if (!line.is_late() && !backend.open_id(id, kReadOnly, map) && !map->info(info)) maps.push_back(info);
  });
  return maps;
}

std::string description(std::string_view name, const MapInfo& info) {
  return fmt::format("{}{}{}, key {} B, value {} B", name, name.empty() ? "" : ", ", map_type_name(info.type),
                     info.key_size, info.value_size);
}

void add_ids(const std::vector<MapInfo>& maps, Offers& offers) {
  for (const MapInfo& info : maps) {
    if (is_percpu_hash(info)) offers.add(std::to_string(info.id), description(info.name, info));
  }
}

void add_name(const MapInfo& info, Offers& offers) {
  if (is_percpu_hash(info) && !info.name.empty()) {
    offers.add(info.name, description(fmt::format("id {}", info.id), info));
  }
}

// Whether the name alone means this map (Words::map).
bool means_this(const std::string& name, const std::vector<MapInfo>& maps) {
  if (name.find_first_not_of("0123456789") == std::string::npos) return false;
  if (name == "id" || name == "name" || name == "pinned" || name == "fd") return false;
  return std::count_if(maps.begin(), maps.end(), [&](const auto& map) { return map.name == name; }) == 1;
}

void add_cpus(const CpuList& cpus, Offers& offers) {
  constexpr size_t kMost = 64;
  for (const uint32_t cpu : cpus.ids().first(std::min(cpus.size(), kMost))) offers.add(std::to_string(cpu));
}

}  // namespace

void offer_ids(LiveLine& line, Offers& offers) {
  add_ids(all_maps(line), offers);
}

void offer_names(LiveLine& line, Offers& offers) {
  for (const MapInfo& info : all_maps(line)) add_name(info, offers);
}

void offer_maps(LiveLine& line, Offers& offers) {
  if (offers.typed().find('/') != std::string::npos) return offer_pins(line, offers);
  std::vector<MapInfo> maps;
  try {
    maps = all_maps(line);
  } catch (const Error&) {
    return offer_pins(line, offers);
  }
  add_ids(maps, offers);
  for (const MapInfo& info : maps) {
    if (means_this(info.name, maps)) add_name(info, offers);
  }
}

void offer_pins(LiveLine& line, Offers& offers) {
  Backend& backend = line.backend();
  if (line.is_simulated()) offers.files = false;
  for (const std::string& path : backend.pinned_paths()) {
    if (line.is_late()) return;
    std::unique_ptr<RawMap> map;
    MapInfo info;
    if (!offers.fits(path) || backend.open_pin(path, kReadOnly, map) || map->info(info)) continue;
    if (is_percpu_hash(info)) offers.add(path, description(info.name, info));
  }
}

void offer_paths(LiveLine& line, Offers& offers) {
  if (line.cursor().command->name == "unpin") return offer_pins(line, offers);
  offers.files = !line.is_simulated();
  offers.unfinished = line.is_simulated();
  if (line.is_simulated()) offers.add("/sys/fs/bpf/", "where the simulated kernel has its pins");
}

void offer_cpu(LiveLine& line, Offers& offers) {
  add_cpus(line.backend().possible_cpus(), offers);
}

void offer_cpus(LiveLine& line, Offers& offers) {
  const bool first = offers.typed().find_first_of(",-") == std::string::npos;
  offers.fix_through(",-");
  if (const CpuList online = line.backend().online_cpus(); first && online.size() > 1) {
    offers.add(online.to_string(), "the CPUs that are online");
  }
  add_cpus(line.backend().possible_cpus(), offers);
}

}  // namespace percpumap
