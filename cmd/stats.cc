// stats: a whole map in figures.
#include <fmt/format.h>
#include <langinfo.h>

#include <charconv>
#include <clocale>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "cmd/progress.h"
#include "cmd/scan_log.h"
#include "cmd/view.h"
#include "dump/overlap.h"
#include "stats/map_stats.h"
#include "stats/stats_record.h"
#include "stats/stats_table.h"

namespace percpumap {
namespace {

constexpr size_t kTop = 5;

// Whether the locale has block characters; one that is not installed has ASCII. Not by newlocale(3), whose
// answer is always ASCII in a static program of glibc 2.36. REQUIRES that no other thread runs.
bool has_blocks() {
  if (std::setlocale(LC_CTYPE, "") == nullptr) return false;
  const bool utf8 = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  std::setlocale(LC_CTYPE, "C");
  return utf8;
}

MapStats describe(Session& session, Map& map, const View& view) {
  const Options& options = session.options();
  const Table& table = view.table();
  MapStats stats{.info = map.info(),
                 .memlock = map.usage().memlock,
                 .bytes_per_entry =
                     map.shape().key_size + map.shape().stride() * session.backend().possible_cpus().size(),
                 .key = table.key,
                 .cpus = table.shape.cpus,
                 .offline = table.foldable};
  if (options.count) return stats;
  const NumberFields numbers = number_fields(table.value, options.field);
  const size_t top = options.top == kEveryEntry ? kTop : options.top;
  for (const NumberField& number : numbers.fields) stats.fields.emplace_back(number, table.shape, top);
  stats.fields_left_out = numbers.left_out;
  if (!options.filter.empty()) stats.matched = 0;
  return stats;
}

void refuse_with_count(const Options& options) {
  if (!options.count) return;
  for (const auto& [name, argument] :
       {std::pair("--field", options.field), std::pair("--filter", options.filter)}) {
    if (!argument.empty()) {
      throw Error(Problem::usage,
                  std::string("--count counts all entries and looks at none: not with ") + name);
    }
  }
}

// Whether there is nothing to add up, and nobody says how to read.
bool only_counts(const Options& options, const MapStats& stats) {
  return stats.fields.empty() && options.filter.empty() && options.engine == "auto";
}

bool is_known(Session& session, Map& map, MapStats& stats) {
  if (!only_counts(session.options(), stats)) return false;
  const auto count = count_at_once(session.backend(), map);
  if (!count) return false;
  stats.entries = count->entries;
  stats.counted_by = count->by;
  return true;
}

void add(MapStats& stats, const View& view, Batch& batch) {
  stats.entries += batch.count;
  view.choose(batch);
  if (stats.matched) *stats.matched += batch.count;
  for (FieldStats& field : stats.fields) field.add(batch);
}

// One thread reads while the other adds up.
ScanStats read(Session& session, Map& map, const View& view, MapStats& stats) {
  Progress progress("reading", Progress::Prints::nothing);
  Scan scan(map, {.engine = *engine_by_name(session.options().engine)});
  const auto use = [&](Batch& batch) {
    add(stats, view, batch);
    progress.update(stats.entries);
    return !InterruptGuard::interrupted();
  };
  overlap([&](Batch& batch) { return scan.next(batch); }, use);
  stats.complete = scan.stats().complete && !InterruptGuard::interrupted();
  return scan.stats();
}

void print(Session& session, const MapStats& stats) {
  const Options& options = session.options();
  switch (session.format()) {
    case Format::csv: return session.print(stats_rows(stats));
    case Format::table: return session.print(stats_table(stats, {has_blocks(), options.human}));
    default: return session.print(stats_record(stats, session.u64_strings()));
  }
}

// Only people wonder where the fields are.
void explain(const Session& session, const MapStats& stats, const Layout& value) {
  if (session.format() != Format::table) return;
  if (only_counts(session.options(), stats) && stats.counted_by == CountedBy::walk) {
    note(
        "the entries were counted by reading them: Linux 6.6 with its BTF knows their number, and tells it "
        "who has CAP_BPF");
  }
  if (session.options().count) return;
  if (stats.fields_left_out > 0) {
    note(fmt::format("{} more fields are not shown: --field PATH shows those of one", stats.fields_left_out));
  } else if (stats.fields.empty() && value.is_bytes()) {
    note(
        "the values are bytes: with --value-type, for example u64 or '{packets:u64,bytes:u64}', there is "
        "more");
  } else if (stats.fields.empty()) {
    note("the values have no numbers: they are " + value.name());
  }
}

constexpr uint64_t kMillionths = 1'000'000;

// --fail-over: "80", "80.5", "80%", in millionths of a percent. In whole numbers, because 32.3 % of 1000
// entries is 323 and no less.
uint64_t parse_percent(const std::string& word) {
  std::string_view text = word;
  if (text.ends_with('%')) text.remove_suffix(1);
  const std::string_view whole = text.substr(0, text.find('.'));
  const std::string_view decimals = whole.size() < text.size() ? text.substr(whole.size() + 1) : "0";
  std::string digits(whole);
  digits += decimals;
  digits.resize(whole.size() + 6, '0');
  uint64_t percent = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), percent);
  const bool number = ec == std::errc() && end == digits.data() + digits.size() && !whole.empty() &&
                      !decimals.empty() && decimals.size() <= 6;
  if (number && percent <= 100 * kMillionths) return percent;
  throw Error(Problem::usage, "--fail-over: expected a percentage from 0 to 100, got '" + shown(word) + "'");
}

bool is_over(const MapStats& stats, uint64_t percent) {
  return stats.entries * 100 * kMillionths > percent * stats.info.max_entries;
}

}  // namespace

int run_stats(Session& session, Words& words) {
  const MapRef ref = words.map();
  words.end();
  const Options& options = session.options();
  refuse_with_count(options);
  std::optional<uint64_t> limit;
  if (!options.fail_over.empty()) limit = parse_percent(options.fail_over);
  Map map = session.open_to_read_chosen(ref);
  const View view(session, map);
  MapStats stats = describe(session, map, view);
  const InterruptGuard guard;
  ScanStats scanned;
  if (!is_known(session, map, stats)) scanned = read(session, map, view, stats);
  print(session, stats);
  session.sink().flush();
  explain(session, stats, view.table().value);
  if (!stats.complete) {
    throw incomplete(map, scanned).in("stats").advise("the figures are those of a part of the map");
  }
  if (!limit || !is_over(stats, *limit)) return 0;
  note(fmt::format("map {} has {} of {} entries, more than {} %", map.label(), stats.entries,
                   stats.info.max_entries, options.fail_over.substr(0, options.fail_over.find('%'))));
  return 1;
}

}  // namespace percpumap
