// dump and batch-dump: every entry of a map.
#include <fmt/format.h>

#include <optional>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/drain.h"
#include "cmd/log.h"

namespace percpumap {
namespace {

void log_step(const Scan& scan) {
  const BatchStep& step = scan.last_step();
  detail(fmt::format("batch at bucket {}: asked {}, got {}, answer {}", step.cursor, step.asked, step.got,
                     step.answer ? errno_name(step.answer.value()) : "0"));
}

void log_end(const Scan& scan) {
  const ScanStats& stats = scan.stats();
  detail(
      fmt::format("{} rows by the {} engine: {} system calls, largest batch {}, grown {} times, {} vanished, "
                  "{} restarts, {} duplicates dropped",
                  stats.rows, scan.engine() == Engine::batch ? "batch" : "walk", stats.syscalls,
                  stats.largest_batch, stats.grown, stats.vanished, stats.restarts, stats.duplicates));
}

// Why the document, though whole as text, does not hold the whole map.
Error incomplete(const Map& map, const ScanStats& stats) {
  if (InterruptGuard::interrupted()) {
    return Error(Problem::interrupted, fmt::format("interrupted after {} entries", stats.rows))
        .of(map.label());
  }
  return Error(Problem::incomplete,
               fmt::format("map {} changed so much that the walk may have missed entries", map.label()))
      .of(map.label())
      .advise("batch commands (Linux 5.6 or later) read a changing map whole");
}

// The printer's document is closed whatever happens to the scan, so that stdout stays valid for its format.
int print_scan(Session& session, Map& map, const ScanOptions& options, bool log_batches) {
  const Table table = session.table(map);
  Scan scan(map, options);
  const auto printer = make_printer(session.format(), table);
  Document document(*printer, session.sink());
  const InterruptGuard guard;
  std::optional<Error> failure;
  Batch batch;
  try {
    while (!InterruptGuard::interrupted() && scan.next(batch)) {
      if (log_batches && scan.engine() == Engine::batch) log_step(scan);
      session.run_stages(map, table, batch);
      if (options.take) {
        print_taken(map, document, session.sink(), table, batch);
      } else {
        document.begin(batch);
        document.rows(batch);
      }
    }
  } catch (const Error& error) {
    if (error.problem() == Problem::output_failed) throw;
    failure = error;
  }
  const bool complete = !failure && scan.stats().complete && !InterruptGuard::interrupted();
  document.end(complete);
  log_end(scan);
  if (failure) throw *failure;
  if (!complete) throw incomplete(map, scan.stats());
  return 0;
}

uint32_t checked_batch_size(uint64_t size) {
  if (size > UINT32_MAX / 2) throw Error(Problem::usage, "--batch-size is above the kernel's 32 bits");
  return static_cast<uint32_t>(size);
}

}  // namespace

int run_dump(Session& session, Words& words) {
  const MapRef ref = words.map();
  words.end();
  Map map = session.open_to_read(ref);
  ScanOptions options;
  options.engine = *engine_by_name(session.options().engine);
  return print_scan(session, map, options, verbose(2));
}

int run_batch_dump(Session& session, Words& words) {
  const Options& given = session.options();
  const MapRef ref = words.map();
  words.end();
  if (given.remove && (!given.cpu.empty() || !given.per_cpu)) {
    throw Error(Problem::usage, "--delete prints all that it removes: no --cpu and no --no-per-cpu with it");
  }
  Map map = given.remove ? session.open_to_write(ref) : session.open_to_read(ref);
  ScanOptions options;
  options.engine = Engine::batch;
  options.take = given.remove;
  options.batch_entries = checked_batch_size(given.batch_size);
  options.max_entries = given.max_entries;
  if (options.take && session.announce("draining", map.label())) return 0;
  return print_scan(session, map, options, verbose(1));
}

}  // namespace percpumap
