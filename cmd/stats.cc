#include <fmt/format.h>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/fields.h"
#include "types/scalar.h"

namespace percpumap {
namespace {

// One pass over a map: how many entries, and per slot the sum of the values where they are numbers.
struct Totals {
  explicit Totals(size_t slots) : per_slot(slots) {}
  uint64_t entries = 0;
  std::vector<uint64_t> per_slot;

  void add(const Shape& shape, const Layout& value, const Batch& batch) {
    entries += batch.count;
    if (!value.root().is_number()) return;
    for (size_t i = 0; i < batch.count; ++i) {
      for (size_t slot = 0; slot < per_slot.size(); ++slot) {
        per_slot[slot] += load_integer(value.root(), batch.value(shape, i, slot).data());
      }
    }
  }
};

void add_totals(Record& record, const Shape& shape, const Layout& layout, const Totals& totals,
                bool u64_strings) {
  const Layout sum = Layout::integer(8, layout.root().is_signed);
  std::vector<Record> cpus;
  uint64_t total = 0;
  for (size_t slot = 0; slot < totals.per_slot.size(); ++slot) {
    total += totals.per_slot[slot];
    cpus.push_back({{"cpu", uint64_t{shape.cpus.ids()[slot]}},
                    integer_field("total", sum, totals.per_slot[slot], u64_strings)});
  }
  record.push_back(integer_field("total", sum, total, u64_strings));
  record.push_back({"cpus", std::move(cpus)});
}

}  // namespace

int run_stats(Session& session, Words& words) {
  const MapRef ref = words.map();
  words.end();
  Map map = session.open_to_read(ref);
  const Shape& shape = map.shape();
  const Layout layout = session.value_layout(map);
  const MapUsage usage = map.usage();
  Totals totals(shape.cpus.size());
  Scan scan(map, {});
  const InterruptGuard guard;
  Batch batch;
  while (!InterruptGuard::interrupted() && scan.next(batch)) totals.add(shape, layout, batch);
  const bool complete = scan.stats().complete && !InterruptGuard::interrupted();
  const double fill = static_cast<double>(totals.entries) / map.info().max_entries;
  Record record = {{"id", uint64_t{map.info().id}},
                   {"name", map.info().name},
                   {"entries", totals.entries},
                   {"max_entries", uint64_t{map.info().max_entries}},
                   {"fill", fill, fmt::format("{:.1f} %", 100 * fill)},
                   {"bytes_memlock", usage.memlock, human_size(usage.memlock)},
                   {"bytes_per_entry", uint64_t{shape.key_size + shape.row_size()}},
                   {"complete", complete}};
  if (layout.root().is_number()) add_totals(record, shape, layout, totals, session.u64_strings());
  session.print(record);
  if (complete) return 0;
  session.sink().flush();
  throw Error(InterruptGuard::interrupted() ? Problem::interrupted : Problem::incomplete,
              "the map was not read whole: the figures are those of a part")
      .in("stats")
      .of(map.label());
}

}  // namespace percpumap
