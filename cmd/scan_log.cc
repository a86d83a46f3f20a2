#include "cmd/scan_log.h"

#include <fmt/format.h>

#include "cmd/log.h"
#include "cmd/session.h"
#include "map/range_reader.h"

namespace percpumap {

void log_step(const BatchStep& step) {
  detail(fmt::format("batch at bucket {}: asked {}, got {}, answer {}", step.cursor, step.asked, step.got,
                     step.answer ? errno_name(step.answer.value()) : "0"));
}

void log_end(Engine engine, const ScanStats& stats, uint64_t bytes, std::chrono::duration<double> took) {
  detail(
      fmt::format("{} rows by the {} engine: {} system calls, largest batch {}, grown {} times, {} vanished, "
                  "{} restarts, {} duplicates dropped, {} bytes, {:.3f} s",
                  stats.rows, engine == Engine::batch ? "batch" : "walk", stats.syscalls, stats.largest_batch,
                  stats.grown, stats.vanished, stats.restarts, stats.duplicates, bytes, took.count()));
}

double share_read(const Map& map, const Scan& scan) {
  return static_cast<double>(scan.bucket()) / static_cast<double>(bucket_count(map.info().max_entries));
}

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

}  // namespace percpumap
