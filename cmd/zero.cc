// zero: counters to zero, and what they held to the output.
#include <fmt/format.h>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/drain.h"
#include "cmd/log.h"
#include "types/parse.h"

namespace percpumap {
namespace {

void check_options(const Options& options) {
  if (options.per_cpu || options.aggregate == "sum") return;
  throw Error(Problem::usage, "--no-per-cpu goes with --sum alone: anything else would drop counts");
}

// Nothing of what is taken is cut off or left out.
Table whole_table(const View& view, bool single) {
  Table table = view.table();
  table.width = 0;
  table.foldable = {};
  table.single = single;
  return table;
}

// What the numbers are that may have to go back, however they are shown.
Layout counted(Session& session, const Map& map) {
  if (!session.options().raw) return session.value_layout(map);
  Options options = session.options();
  options.raw = false;
  return layouts_of(options, session.backend(), map).value;
}

void say_how(const Zeroing& zeroing) {
  detail(fmt::format("{} entries vanished meanwhile{}", zeroing.vanished(), zeroing.programs().remark()));
}

// Throws Error where a single entry has not been there.
void zero(Session& session, Map& map, Bytes key) {
  const Options& options = session.options();
  const CpuList cpus = session.chosen_cpus();
  const View view(session, map, cpus, cpus);
  Zeroing zeroing(session.backend(), map, cpus, counted(session, map),
                  options.racy ? Racy::allowed : Racy::refused);
  CountWithdrawal counts(map, zeroing, key);
  Drain drain(session, map, counts, view,
              {{.key = key}, whole_table(view, key.data() != nullptr), options.rescue});
  drain.run();
  if (verbose(1)) say_how(zeroing);
}

}  // namespace

int run_zero(Session& session, Words& words) {
  const Options& options = session.options();
  const MapRef ref = words.map();
  const bool single = words.accept("key");
  const auto key_words = single ? words.data("key") : std::span<const std::string>();
  words.end();
  check_options(options);
  Map map = session.open_to_write(ref);
  std::vector<std::byte> key(single ? map.shape().key_size : 0);
  if (single) parse_data(key_words, session.key_layout(map), "key", key, session.wide_numbers());
  const bool many_or_rehearsed = !single || options.dry_run;
  if (many_or_rehearsed && session.announce(single ? "zeroing an entry of" : "zeroing", map.label()))
    return 0;
  zero(session, map, single ? Bytes(key) : Bytes());
  return 0;
}

}  // namespace percpumap
