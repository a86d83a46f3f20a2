#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
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

void update_some_cpus(Session& session, Map& map, const Request& request, Bytes key) {
  const Shape& shape = map.shape();
  const Layout& layout = session.value_layout(map);
  std::vector<std::vector<std::byte>> values;
  std::vector<Map::SlotWrite> writes;
  values.reserve(request.per_cpu.size());
  for (const auto& [cpus, data] : request.per_cpu) {
    parse_data(data, layout, "value", values.emplace_back(shape.value_size), session.wide_numbers());
    const CpuList chosen = parse_cpus(cpus, shape.cpus, session.backend().online_cpus());
    for (const uint32_t cpu : chosen.ids()) {
      writes.push_back({*shape.cpus.slot_of(cpu), values.back()});
    }
  }
  if (!session.options().racy) {
    throw Error(Problem::unsupported,
                "writing some CPUs only is done by read-modify-write here, which loses what programs "
                "count meanwhile on every CPU")
        .in("update")
        .of(map.label())
        .advise("--racy allows it");
  }
  map.update_slots_racy(key, writes, request.flags);
  detail(fmt::format("wrote {} CPUs by read-modify-write of the entry (racy)", writes.size()));
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
    session.print_change({{"updated", uint64_t{1}}, {"method", "racy"}});
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
