#include "map/scan.h"

#include <algorithm>
#include <cerrno>

namespace percpumap {
namespace {

// However large the entries are.
constexpr size_t kLeastEntries = 4;
constexpr uint32_t kWalkEntries = 256;
constexpr int kMaxPasses = 8;

std::string text_of(Bytes key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

}  // namespace

std::optional<Engine> engine_by_name(std::string_view name) {
  if (name == "auto") return Engine::automatic;
  if (name == "batch") return Engine::batch;
  if (name == "walk") return Engine::walk;
  return std::nullopt;
}

ScanStats& ScanStats::operator+=(const ScanStats& other) {
  rows += other.rows;
  syscalls += other.syscalls;
  vanished += other.vanished;
  restarts += other.restarts;
  duplicates += other.duplicates;
  grown += other.grown;
  thrown_away += other.thrown_away;
  largest_batch = std::max(largest_batch, other.largest_batch);
  complete = complete && other.complete;
  return *this;
}

Scan::Scan(Map& map, const ScanOptions& options)
    : map_(map),
      options_(options),
      engine_(options.engine),
      reader_(map, options.take ? BatchCommand::take : BatchCommand::lookup) {
  const Shape& shape = map.shape();
  const size_t entry = shape.key_size + shape.row_size();
  capacity_ = options.batch_entries != 0
                  ? options.batch_entries
                  : static_cast<uint32_t>(std::clamp<size_t>(kBatchBytes / entry, kLeastEntries,
                                                             map.info().max_entries + kLeastEntries));
  if (options.key.data() != nullptr) engine_ = Engine::walk;
  const bool batches = map.has_batches();
  if (engine_ == Engine::automatic) engine_ = batches ? Engine::batch : Engine::walk;
  if (engine_ == Engine::batch && !batches) {
    throw Error(Problem::unsupported, "this kernel has no batch commands for maps")
        .of(map.label())
        .advise(options.take ? "they came with Linux 5.6; nothing else reads and removes entries at once"
                             : "they came with Linux 5.6; 'dump' reads key by key without them");
  }
  if (engine_ == Engine::walk) capacity_ = std::min(capacity_, kWalkEntries);
}

bool Scan::next(Batch& batch) {
  batch.count = 0;
  batch.aggregates.clear();
  if (finished_ || stats_.rows >= options_.max_entries) return false;
  const bool got = options_.key.data() != nullptr ? next_entry(batch)
                   : engine_ == Engine::batch     ? next_batch(batch)
                                                  : next_walk(batch);
  stats_.rows += batch.count;
  return got;
}

bool Scan::next_entry(Batch& batch) {
  finished_ = true;
  ++stats_.syscalls;
  batch.keys.assign(options_.key.begin(), options_.key.end());
  batch.rows.resize(map_.shape().row_size());
  batch.count = map_.lookup(options_.key, batch.rows) ? 1 : 0;
  return true;
}

bool Scan::next_batch(Batch& batch) {
  for (;;) {
    const auto asked =
        static_cast<uint32_t>(std::min<uint64_t>(capacity_, options_.max_entries - stats_.rows));
    step_ = reader_.read(batch, step_.next, asked);
    stats_.syscalls = reader_.calls();
    stats_.largest_batch = std::max(stats_.largest_batch, step_.got);
    finished_ = step_.answer.value() == ENOENT;
    if (batch.count > 0) return true;
    if (finished_) return false;
    if (step_.answer.value() != ENOSPC) continue;
    if (asked < capacity_) return false;  // max_entries is reached but for less than a bucket
    // A map has never more in one bucket than in all; programs may overshoot max_entries by a few.
    if (capacity_ > 2 * uint64_t{map_.info().max_entries} + 64) throw map_.failure(step_.answer, "dump");
    ++stats_.grown;
    capacity_ *= 2;
  }
}

// A key that was deleted under the walk sends it back to the first key; what it skipped or met twice is
// sorted out by further passes and the set of keys seen (kernel-semantics.md sections 2 and 9).
bool Scan::begin_pass() {
  if (passes_ > 0 && !disturbed_) return false;
  if (passes_ == kMaxPasses) {
    stats_.complete = false;
    return false;
  }
  ++passes_;
  disturbed_ = false;
  at_start_ = true;
  return true;
}

bool Scan::next_walk(Batch& batch) {
  const Shape& shape = map_.shape();
  batch.keys.resize(capacity_ * shape.key_size);
  batch.rows.resize(capacity_ * shape.row_size());
  current_.resize(shape.key_size);
  next_.resize(shape.key_size);
  if (passes_ == 0) begin_pass();
  const auto wanted = std::min<uint64_t>(capacity_, options_.max_entries - stats_.rows);
  while (batch.count < wanted) {
    if (!walk_key(batch) && !begin_pass()) {
      finished_ = true;
      break;
    }
  }
  stats_.largest_batch = std::max(stats_.largest_batch, static_cast<uint32_t>(batch.count));
  return batch.count > 0;
}

// All passes together: a map that changes fast sends the walk back again and again.
uint64_t Scan::most_steps() const {
  if (options_.take) return 4 * uint64_t{map_.info().max_entries} + 1024;
  return uint64_t{2} * kMaxPasses * (seen_.size() + 1024);
}

// One step; false at the end of a pass. With `take` each step asks for the first key that is left, which
// needs no passes: the pass ends when the map is empty.
bool Scan::walk_key(Batch& batch) {
  const Shape& shape = map_.shape();
  ++stats_.syscalls;
  if (!map_.next_key(at_start_ ? Bytes() : Bytes(current_), next_)) return false;
  at_start_ = options_.take;
  std::swap(current_, next_);
  if (++steps_ > most_steps()) {
    passes_ = kMaxPasses;
    disturbed_ = true;
    return false;
  }
  if (!options_.take && !is_new()) return true;
  const MutableBytes row = MutableBytes(batch.rows).subspan(batch.count * shape.row_size(), shape.row_size());
  ++stats_.syscalls;
  if (options_.take ? map_.take(current_, row) : map_.lookup(current_, row)) {
    std::copy(current_.begin(), current_.end(),
              batch.keys.begin() + static_cast<long>(batch.count * shape.key_size));
    ++batch.count;
  } else {
    ++stats_.vanished;
    disturbed_ = !options_.take;
  }
  return true;
}

// A key that comes twice in one pass: the walk was sent back.
bool Scan::is_new() {
  const auto [at, fresh] = seen_.try_emplace(text_of(current_), passes_);
  const bool repeated = !fresh && at->second == passes_;
  if (repeated) {
    ++stats_.duplicates;
    stats_.restarts += repeating_ ? 0 : 1;
    disturbed_ = true;
  }
  repeating_ = repeated;
  at->second = passes_;
  return fresh;
}

}  // namespace percpumap
