// list and show: maps, not entries.
#include <fmt/format.h>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "cmd/pins.h"
#include "map/element_count.h"
#include "map/refusal.h"
#include "output/units.h"

namespace percpumap {
namespace {

// The fields that list and show have in common: bpftool's keys, and ours.
Record describe(Session& session, Map& map) {
  const MapInfo& info = map.info();
  const MapUsage usage = map.usage();
  const auto flags = map_flag_names(info.flags);
  Record record = {
      {"id", uint64_t{info.id}},
      {"type", map_type_name(info.type)},
      {"name", info.name},
      {"flags", uint64_t{info.flags}, flags.empty() ? "-" : fmt::format("{}", fmt::join(flags, ","))},
      {"flag_names", flags, "", true},
      {"bytes_key", uint64_t{info.key_size}},
      {"bytes_value", uint64_t{info.value_size}},
      {"max_entries", uint64_t{info.max_entries}}};
  if (session.options().count) {
    const ElementCount count = count_elements(session.backend(), map);
    record.push_back({"entries", count.entries});
    record.push_back({"counted_by", std::string(counted_by_name(count.by)), "", true});
  }
  record.push_back({"bytes_memlock", usage.memlock, human_size(usage.memlock)});
  record.push_back({"frozen", uint64_t{usage.frozen}, usage.frozen ? "yes" : "no"});
  return record;
}

// One map of a list, unless it is of another type or gone meanwhile.
void append(Session& session, const MapRef& ref, const std::map<uint32_t, std::vector<std::string>>& pins,
            std::vector<Record>& records) {
  try {
    Map map = session.open_to_read(ref);
    Record record = describe(session, map);
    if (map.info().btf_id != 0) record.push_back({"btf_id", uint64_t{map.info().btf_id}, "", true});
    const auto found = pins.find(map.info().id);
    if (session.options().bpffs) {
      record.push_back({"pinned", found == pins.end() ? std::vector<std::string>() : found->second});
    }
    records.push_back(std::move(record));
  } catch (const Error& error) {
    if (error.problem() != Problem::no_such_map) throw;
  }
}

std::vector<uint32_t> percpu_hash_ids(Backend& backend) {
  std::vector<uint32_t> ids;
  for_each_id(backend, [&](uint32_t id) {
    std::unique_ptr<RawMap> map;
    MapInfo info;
    if (!backend.open_id(id, kReadOnly, map) && !map->info(info) && is_percpu_hash(info)) ids.push_back(id);
  });
  return ids;
}

// Without the right to ids: what is pinned and may be read.
std::vector<std::string> pinned_percpu_hashes(Backend& backend,
                                              const std::map<uint32_t, std::vector<std::string>>& pins) {
  std::vector<std::string> paths;
  for (const auto& [id, places] : pins) {
    std::unique_ptr<RawMap> map;
    MapInfo info;
    if (!backend.open_pin(places.front(), kReadOnly, map) && !map->info(info) && is_percpu_hash(info)) {
      paths.push_back(places.front());
    }
  }
  return paths;
}

std::string_view without_bpffs(Backend& backend) {
  return backend.check_bpffs("/sys/fs/bpf") ? ", and there is no bpffs at /sys/fs/bpf" : "";
}

}  // namespace

int run_list(Session& session, Words& words) {
  words.end();
  Backend& backend = session.backend();
  std::vector<Record> records;
  std::map<uint32_t, std::vector<std::string>> pins;
  if (session.options().bpffs) pins = all_pins(backend);
  try {
    for (const uint32_t id : percpu_hash_ids(backend))
      append(session, {MapRef::Kind::id, id, {}}, pins, records);
  } catch (const Error& error) {
    if (error.problem() != Problem::not_permitted) throw;
    if (filter_refuses(backend)) throw;
    note(fmt::format("{}; {}; these are the maps pinned under a bpffs that this user may read{}",
                     error.what(), needed(backend, Right::sys_admin), without_bpffs(backend)));
    pins = all_pins(backend);
    for (const std::string& path : pinned_percpu_hashes(backend, pins)) {
      append(session, {MapRef::Kind::pin, 0, path}, pins, records);
    }
  }
  session.print(records);
  return 0;
}

int run_show(Session& session, Words& words) {
  if (words.empty()) return run_list(session, words);
  const MapRef ref = words.map();
  words.end();
  Map map = session.open_to_read(ref);
  Backend& backend = session.backend();
  const MapInfo& info = map.info();
  const Shape& shape = map.shape();
  Record record = describe(session, map);
  record.push_back({"pinned", pins_of(backend, info.id)});
  record.push_back({"bytes_per_entry", uint64_t{shape.key_size + shape.row_size()}});
  record.push_back({"possible_cpus", backend.possible_cpus().to_string()});
  record.push_back({"online_cpus", backend.online_cpus().to_string()});
  if (info.btf_id != 0) {
    record.push_back({"btf_id", uint64_t{info.btf_id}});
    record.push_back({"btf_key_type_id", uint64_t{info.btf_key_type_id}});
    record.push_back({"btf_value_type_id", uint64_t{info.btf_value_type_id}});
  }
  if (const Layouts& layouts = session.layouts(map); layouts.btf) {
    record.push_back({"key_type", layouts.key.name()});
    record.push_back({"value_type", layouts.value.name()});
  }
  record.push_back({"backend", backend.name()});
  session.print(record);
  return 0;
}

}  // namespace percpumap
