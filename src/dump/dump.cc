#include "dump/dump.h"

#include <algorithm>
#include <utility>

#include "dump/overlap.h"
#include "map/range_reader.h"

namespace percpumap {
namespace {

// Ranges for each thread, where a map has so many entries: threads should end at the same time.
constexpr uint64_t kRangesEach = 8;

// The first batches of several readers have only one: so many at most, until one of them has a row that is
// wanted, for a table's columns are measured by it.
constexpr size_t kFirstEntries = 1024;
constexpr int kFirstBatches = 16;

ScanOptions scan_options(const Shape& shape, const DumpOptions& options) {
  ScanOptions scan{.engine = options.engine};
  const size_t entries = std::max<size_t>(1, kBatchBytes / (shape.key_size + shape.row_size()));
  if (options.jobs > 1 && options.limit == kNoLimit)
    scan.batch_entries = static_cast<uint32_t>(std::min(kFirstEntries, entries));
  return scan;
}

}  // namespace

Dump::Dump(Map& map, const Printer& printer, RowTarget& target, DumpOptions options)
    : map_(map),
      printer_(printer),
      target_(target),
      options_(std::move(options)),
      scan_(map, scan_options(map.shape(), options_)) {}

// For several threads; no entries where one does as well. `printed`: a batch, as it is printed; `seen`: all
// entries until now.
RangeSize Dump::ranges(const Batch& printed, uint64_t seen) const {
  if (options_.jobs < 2 || options_.limit != kNoLimit || engine() != Engine::batch) return {};
  Text text;
  if (printed.count > 0) printer_.rows(printed, 0, 1, text);
  const double part = static_cast<double>(bucket_count(map_.info().max_entries)) / scan_.bucket();
  const auto left = static_cast<uint64_t>(static_cast<double>(seen) * (part - 1));
  const RangeSize size =
      range_size(map_.shape(), std::max<size_t>(1, text.size()), left / (kRangesEach * options_.jobs));
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
  batch.count = std::min<uint64_t>(batch.count, options_.limit - target_.count());
  if (batch.count > 0) target_.begin(batch);
  target_.rows(batch);
  if (options_.progress) options_.progress(target_.count(), share());
  return target_.count() < options_.limit && (!options_.stopped || !options_.stopped());
}

// By one thread, into `batch`; whether there is more. `seen`: entries that were read.
bool Dump::print_first(Batch& batch, uint64_t& seen) {
  for (int i = 0; i < kFirstBatches && target_.count() == 0; ++i) {
    if (!read(batch)) return false;
    seen += batch.count;
    if (!print(batch) || scan_.finished()) return false;
  }
  return true;
}

void Dump::run() {
  Batch first;
  uint64_t seen = 0;
  if (!print_first(first, seen)) return;
  if (const RangeSize size = ranges(first, seen); size.entries > 0) {
    target_.begin({});
    shards_.emplace(map_, printer_, target_, options_, scan_.bucket(), seen, size);
    const auto astray = shards_->run();
    if (!astray) return;
    scan_.skip_to(*astray);
  }
  overlap([this](Batch& batch) { return read(batch); }, [this](Batch& batch) { return print(batch); });
}

ScanStats Dump::stats() const {
  ScanStats stats = scan_.stats();
  if (shards_) stats += shards_->stats();
  stats.rows = target_.count();
  return stats;
}

}  // namespace percpumap
