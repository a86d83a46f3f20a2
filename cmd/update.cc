#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "map/cpu_writer.h"
#include "types/parse.h"

namespace percpumap {
namespace {

using Data = std::span<const std::string>;

// The words of an update, not yet looked at under the map's types.
struct Request {
  Data key;
  Data value;                                         // every CPU
  std::string values;                                 // JSON, one per CPU
  std::vector<std::pair<std::string, Data>> per_cpu;  // CPUS, value
  uint64_t flags = kAny;
};

Request read_request(Words& words) {
  Request request;
  words.expect("key");
  request.key = words.data("key");
  if (words.accept("values")) {
    request.values = words.next("the JSON array of values");
  } else if (words.is("cpu")) {
    while (words.accept("cpu")) {
      std::string cpus = words.next("CPUS");
      words.expect("value");
      request.per_cpu.emplace_back(std::move(cpus), words.data("value"));
    }
  } else {
    words.expect("value");
    request.value = words.data("value");
  }
  request.flags = words.update_flags();
  words.end();
  return request;
}

// The row with the same value on every CPU, padding zero.
std::vector<std::byte> same_everywhere(const Shape& shape, Bytes value) {
  std::vector<std::byte> row(shape.row_size());
  for (size_t slot = 0; slot < shape.cpus.size(); ++slot) {
    std::copy(value.begin(), value.end(), row.begin() + static_cast<long>(slot * shape.stride()));
  }
  return row;
}

// What is given, in the slots of the CPUs it is given for; of a CPU that comes twice the last one.
Batch wanted_slots(Session& session, const Map& map, const Request& request, Bytes key,
                   std::vector<uint32_t>& cpus) {
  const Shape& shape = map.shape();
  Batch entry;
  entry.keys.assign(key.begin(), key.end());
  entry.rows.resize(shape.row_size());
  entry.count = 1;
  std::vector<std::byte> value(shape.value_size);
  for (const auto& [list, data] : request.per_cpu) {
    parse_data(data, session.value_layout(map), "value", value, session.wide_numbers());
    const CpuList chosen = parse_cpus(list, shape.cpus, session.backend().online_cpus());
    for (const uint32_t cpu : chosen.ids()) {
      cpus.push_back(cpu);
      std::ranges::copy(value,
                        entry.rows.begin() + static_cast<long>(*shape.cpus.slot_of(cpu) * shape.stride()));
    }
  }
  return entry;
}

void update_some_cpus(Session& session, Map& map, const Request& request, Bytes key) {
  std::vector<uint32_t> ids;
  const Batch entry = wanted_slots(session, map, request, key, ids);
  const CpuList cpus(std::move(ids));
  CpuWriter writer(session.backend(), map, cpus, session.options().racy ? Racy::allowed : Racy::refused);
  uint64_t done = 0;
  writer.put(entry, request.flags, done);
  detail(fmt::format("wrote CPUs {} ({}){}", cpus.to_string(), method_name(writer.method()),
                     writer.programs().remark()));
  session.print_change({{"updated", uint64_t{1}}, {"method", std::string(method_name(writer.method()))}});
}

}  // namespace

int run_update(Session& session, Words& words) {
  const MapRef ref = words.map();
  const Request request = read_request(words);
  Map map = session.open_to_write(ref);
  const Shape& shape = map.shape();
  std::vector<std::byte> key(shape.key_size);
  parse_data(request.key, session.key_layout(map), "key", key, session.wide_numbers());
  if (!request.per_cpu.empty()) {
    update_some_cpus(session, map, request, key);
    return 0;
  }
  std::vector<std::byte> row(shape.row_size());
  const Layout& layout = session.value_layout(map);
  if (request.values.empty()) {
    std::vector<std::byte> value(shape.value_size);
    parse_data(request.value, layout, "value", value, session.wide_numbers());
    row = same_everywhere(shape, value);
  } else {
    parse_values(request.values, layout, session.wide_numbers(), shape.cpus.size(), shape.stride(), row);
  }
  map.update(key, row, request.flags);
  session.print_change({{"updated", uint64_t{1}}});
  return 0;
}

}  // namespace percpumap
