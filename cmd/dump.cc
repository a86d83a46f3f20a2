// dump: every entry of a map.
#include "dump/dump.h"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "cmd/progress.h"
#include "cmd/scan_log.h"
#include "cmd/view.h"
#include "dump/selection.h"

namespace percpumap {
namespace {

constexpr uint64_t kMostJobs = 64;

// At least one of the CPUs that this process may use, at most four: half of them, for others use them, too.
// Rows for a person come fast enough from one.
unsigned default_jobs() {
  if (isatty(STDOUT_FILENO) != 0) return 1;
  cpu_set_t usable;
  if (sched_getaffinity(0, sizeof usable, &usable) != 0) return 1;
  return static_cast<unsigned>(std::clamp(CPU_COUNT(&usable) / 2, 1, 4));
}

unsigned jobs(const Options& options) {
  if (options.jobs == 0) return default_jobs();
  if (options.jobs <= kMostJobs) return static_cast<unsigned>(options.jobs);
  throw Error(Problem::usage, fmt::format("--jobs is at most {}", kMostJobs));
}

// With an order, aggregates are made of what is kept in the end.
DumpOptions dump_options(const Session& session, const View& view, bool ordered, Progress& progress) {
  DumpOptions options;
  options.engine = *engine_by_name(session.options().engine);
  options.jobs = jobs(session.options());
  options.limit = session.options().limit;
  options.stage = [&view, ordered](Batch& batch) { ordered ? view.choose(batch) : view.run_stages(batch); };
  options.stopped = InterruptGuard::interrupted;
  options.progress = [&](uint64_t rows, std::optional<double> share) { progress.update(rows, share); };
  if (verbose(2)) options.on_step = log_step;
  return options;
}

void print_selection(Selection& selection, const View& view, Document& document) {
  selection.hand_over([&](Batch& batch) {
    view.aggregate(batch);
    document.begin(batch);
    document.rows(batch);
  });
}

// The document is closed whatever happens to the reading, so that stdout stays valid for its format.
int print_map(Session& session, Map& map) {
  const auto start = std::chrono::steady_clock::now();
  const View view(session, map);
  const auto printer = make_printer(session.format(), view.table());
  Document document(*printer, session.sink());
  const auto order = view.order();
  std::optional<Selection> selection;
  if (order) selection.emplace(*order, view.table().shape, session.options().top);
  Progress progress("reading");
  Dump dump(map, order ? selection->printer() : *printer,
            order ? static_cast<RowTarget&>(*selection) : document,
            dump_options(session, view, order.has_value(), progress));
  const InterruptGuard guard;
  session.sink().widen_pipe();
  std::optional<Error> failure;
  try {
    dump.run();
  } catch (const Error& error) {
    if (error.problem() == Problem::output_failed) throw;
    failure = error;
  }
  progress.erase();
  if (selection) print_selection(*selection, view, document);
  const ScanStats stats = dump.stats();
  const bool complete = !failure && stats.complete && !InterruptGuard::interrupted();
  document.end(complete);
  log_end(dump.engine(), stats, session.sink().written(), std::chrono::steady_clock::now() - start);
  if (failure) throw *failure;
  if (!complete) throw incomplete(map, stats);
  return 0;
}

}  // namespace

int run_dump(Session& session, Words& words) {
  const MapRef ref = words.map();
  words.end();
  Map map = session.open_to_read_chosen(ref);
  return print_map(session, map);
}

}  // namespace percpumap
