#include "dump/dump.h"

#include <utility>

#include "dump/overlap.h"
#include "map/range_reader.h"

namespace percpumap {

Dump::Dump(Map& map, const Printer& printer, Document& document, DumpOptions options)
    : map_(map),
      printer_(printer),
      document_(document),
      options_(std::move(options)),
      scan_(map, {.engine = options_.engine}) {}

// More than a few ranges have to be left, or the threads cost more than they do.
bool Dump::worth_sharding(const Batch& first) const {
  const size_t range = entries_per_range(map_.shape());
  if (options_.jobs < 2 || engine() != Engine::batch || scan_.finished() || range == 0) return false;
  const double left = static_cast<double>(bucket_count(map_.info().max_entries)) / scan_.bucket() - 1;
  return static_cast<double>(first.count) * left > 4 * static_cast<double>(range) && cursor_is_bucket(map_);
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
  const bool shard = worth_sharding(first);
  const uint64_t seen = first.count;
  if (!print(first) || scan_.finished()) return;
  if (shard) {
    shards_.emplace(map_, printer_, document_, options_, scan_.bucket(), seen);
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
