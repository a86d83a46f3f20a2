// batch-dump: every entry, the batch commands in the open; with --delete a drain.
#include <algorithm>
#include <optional>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/drain.h"
#include "cmd/log.h"
#include "cmd/progress.h"
#include "cmd/scan_log.h"
#include "cmd/view.h"
#include "output/document.h"

namespace percpumap {
namespace {

// The printer's document is closed whatever happens to the scan, so that stdout stays valid for its format.
int print_scan(Session& session, Map& map, const ScanOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const View view(session, map);
  Scan scan(map, options);
  const auto printer = make_printer(session.format(), view.table());
  Document document(*printer, session.sink());
  const InterruptGuard guard;
  Progress progress("reading");
  std::optional<Error> failure;
  const uint64_t limit = session.options().limit;
  Batch batch;
  try {
    while (document.count() < limit && !InterruptGuard::interrupted() && scan.next(batch)) {
      if (verbose(1)) log_step(scan.last_step());
      view.run_stages(batch);
      batch.count = std::min<uint64_t>(batch.count, limit - document.count());
      if (batch.count > 0) document.begin(batch);
      document.rows(batch);
      progress.update(scan.stats().rows, share_read(map, scan));
    }
  } catch (const Error& error) {
    if (error.problem() == Problem::output_failed) throw;
    failure = error;
  }
  const bool complete = !failure && scan.stats().complete && !InterruptGuard::interrupted();
  progress.erase();
  document.end(complete);
  log_end(scan.engine(), scan.stats(), session.sink().written(), std::chrono::steady_clock::now() - start);
  if (failure) throw *failure;
  if (!complete) throw incomplete(map, scan.stats());
  return 0;
}

uint32_t checked_batch_size(uint64_t size) {
  if (size > UINT32_MAX / 2) throw Error(Problem::usage, "--batch-size is above the kernel's 32 bits");
  return static_cast<uint32_t>(size);
}

}  // namespace

int run_batch_dump(Session& session, Words& words) {
  const Options& given = session.options();
  const MapRef ref = words.map();
  words.end();
  if (given.remove && (!given.cpu.empty() || !given.per_cpu || !given.filter.empty())) {
    throw Error(Problem::usage,
                "--delete prints all that it removes: no --cpu, no --filter and no --no-per-cpu with it");
  }
  if (given.remove && given.limit != kEveryEntry) {
    throw Error(Problem::usage, "--limit would drop what --delete has removed")
        .advise("--max-entries stops a drain before more than so many entries");
  }
  if (!given.remove && !given.rescue.empty()) {
    throw Error(Problem::usage, "--rescue goes with --delete: otherwise nothing can be lost");
  }
  Map map = given.remove ? session.open_to_write(ref) : session.open_to_read_chosen(ref);
  ScanOptions options;
  options.engine = Engine::batch;
  options.take = given.remove;
  options.batch_entries = checked_batch_size(given.batch_size);
  options.max_entries = given.max_entries;
  if (!given.remove) return print_scan(session, map, options);
  if (session.announce("draining", map.label())) return 0;
  const View view(session, map);
  EntryWithdrawal entries(map);
  Drain(session, map, entries, view, {options, view.table(), given.rescue}).run();
  return 0;
}

}  // namespace percpumap
