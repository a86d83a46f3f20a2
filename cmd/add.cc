// add: to the counters of an entry, while programs count there.
#include <fmt/format.h>

#include <optional>

#include "cmd/commands.h"
#include "cmd/log.h"
#include "map/counter.h"
#include "map/cpu_writer.h"
#include "types/parse.h"

namespace percpumap {
namespace {

// By default the CPU that this runs on: of a counter the sum is what matters.
CpuList chosen_cpus(Session& session, const std::optional<std::string>& list) {
  Backend& backend = session.backend();
  if (!list) return CpuList({backend.current_cpu()});
  return parse_cpus(*list, backend.possible_cpus(), backend.online_cpus());
}

}  // namespace

int run_add(Session& session, Words& words) {
  const MapRef ref = words.map();
  words.expect("key");
  const auto key_words = words.data("key");
  std::optional<std::string> list;
  if (words.accept("cpu")) list = words.next("CPUS");
  words.expect("value");
  const auto value_words = words.data("value");
  words.end();
  Map map = session.open_to_write(ref);
  std::vector<std::byte> key(map.shape().key_size);
  parse_data(key_words, session.key_layout(map), "key", key, session.wide_numbers());
  const Delta delta = parse_delta(value_words, session.value_layout(map), session.wide_numbers());
  const CpuList cpus = chosen_cpus(session, list);
  CpuPrograms programs(session.backend(), map, "add", session.options().racy ? Racy::allowed : Racy::refused);
  add_to_entry(programs, key, delta, cpus);
  detail(fmt::format("added on CPUs {}{}", cpus.to_string(), programs.remark()));
  session.print_change(
      {{"updated", uint64_t{1}}, {"method", std::string(method_name(CpuMethod::on_cpu_program))}});
  return 0;
}

}  // namespace percpumap
