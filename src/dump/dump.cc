#include "dump/dump.h"

#include <algorithm>
#include <utility>

#include "dump/overlap.h"
#include "map/range_reader.h"

namespace percpumap {
namespace {

// Ranges for each thread, where a map has so many entries: threads should end at the same time.
constexpr uint64_t kRangesEach = 8;

// The first batch of several readers has only one.
constexpr size_t kFirstEntries = 1024;

ScanOptions scan_options(const Shape& shape, const DumpOptions& options) {
  ScanOptions scan{.engine = options.engine};
  const size_t entries = std::max<size_t>(1, kBatchBytes / (shape.key_size + shape.row_size()));
  if (options.jobs > 1) scan.batch_entries = static_cast<uint32_t>(std::min(kFirstEntries, entries));
  return scan;
}

}  // namespace

Dump::Dump(Map& map, const Printer& printer, Document& document, DumpOptions options)
    : map_(map),
      printer_(printer),
      document_(document),
      options_(std::move(options)),
      scan_(map, scan_options(map.shape(), options_)) {}

// For several threads; no entries where one does as well. `printed`: the first batch, as it is printed;
// `seen`: its entries.
RangeSize Dump::ranges(const Batch& printed, uint64_t seen) const {
  if (options_.jobs < 2 || engine() != Engine::batch || printed.count == 0) return {};
  Text text;
  printer_.rows(printed, 0, 1, text);
  const double part = static_cast<double>(bucket_count(map_.info().max_entries)) / scan_.bucket();
  const auto left = static_cast<uint64_t>(static_cast<double>(seen) * (part - 1));
  const RangeSize size = range_size(map_.shape(), text.size(), left / (kRangesEach * options_.jobs));
  const bool enough = size.entries > 0 && left / size.entries >= options_.jobs;
  return enough && cursor_is_bucket(map_) ? size : RangeSize{};
}

bool Dump::read(Batch& batch) {
  const bool got = scan_.next(batch);
  reached_ = scan_.bucket();
  if (options_.on_step && engine() == Engine::batch) options_.on_step(scan_.last_step());
  return got;
}

std::optional<double> Dump::share() const {
  if (engine() == Engine::walk) return std::nullopt;
  return static_cast<double>(reached_) / static_cast<double>(bucket_count(map_.info().max_entries));
}

bool Dump::print(Batch& batch) {
  if (options_.stage) options_.stage(batch);
  document_.begin(batch);
  document_.rows(batch);
  if (options_.progress) options_.progress(document_.count(), share());
  return !options_.stopped || !options_.stopped();
}

void Dump::run() {
  Batch first;
  if (!read(first)) return;
  const uint64_t seen = first.count;
  if (!print(first) || scan_.finished()) return;
  if (const RangeSize size = ranges(first, seen); size.entries > 0) {
    shards_.emplace(map_, printer_, document_, options_, scan_.bucket(), seen, size);
    const auto astray = shards_->run();
    if (!astray) return;
    scan_.skip_to(*astray);
  }
  overlap([this](Batch& batch) { return read(batch); }, [this](Batch& batch) { return print(batch); });
}

ScanStats Dump::stats() const {
  ScanStats stats = scan_.stats();
  if (shards_) stats += shards_->stats();
  stats.rows = document_.count();
  return stats;
}

}  // namespace percpumap
