#include <fmt/format.h>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/progress.h"
#include "cmd/scan_log.h"

namespace percpumap {
namespace {

// Before 5.6: the first key, again and again, until there is none.
uint64_t erase_one_by_one(Map& map, Progress& progress) {
  std::vector<std::byte> key(map.shape().key_size);
  uint64_t deleted = 0;
  while (!InterruptGuard::interrupted() && map.next_key({}, key)) {
    deleted += map.erase(key) ? 1 : 0;
    progress.update(deleted);
  }
  return deleted;
}

uint64_t take_all(Map& map, Progress& progress) {
  ScanOptions options;
  options.take = true;
  Scan scan(map, options);
  Batch batch;
  while (!InterruptGuard::interrupted() && scan.next(batch)) {
    progress.update(scan.stats().rows, share_read(map, scan));
  }
  return scan.stats().rows;
}

}  // namespace

int run_clear(Session& session, Words& words) {
  const MapRef ref = words.map();
  words.end();
  Map map = session.open_to_write(ref);
  if (session.announce("clearing", map.label())) return 0;
  const InterruptGuard guard;
  Progress progress("clearing", Progress::Prints::nothing);
  const uint64_t deleted = map.has_batches() ? take_all(map, progress) : erase_one_by_one(map, progress);
  progress.erase();
  session.print_change({{"deleted", deleted}});
  if (!InterruptGuard::interrupted()) return 0;
  session.sink().flush();
  throw Error(Problem::interrupted, fmt::format("interrupted after {} entries were removed", deleted))
      .in("clear")
      .of(map.label());
}

}  // namespace percpumap
