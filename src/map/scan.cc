#include "map/scan.h"

#include <algorithm>
#include <cerrno>

namespace percpumap {
namespace {

constexpr size_t kBatchBytes = size_t{2} << 20;
constexpr uint32_t kWalkEntries = 256;
constexpr int kMaxPasses = 8;

// The walk is bounded: a pass that takes more steps than this was sent back to the start again and again.
constexpr uint64_t step_limit(uint32_t max_entries) {
  return 4 * uint64_t{max_entries} + 1024;
}

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

Scan::Scan(Map& map, const ScanOptions& options) : map_(map), options_(options), engine_(options.engine) {
  const Shape& shape = map.shape();
  const size_t entry = shape.key_size + shape.row_size();
  capacity_ =
      options.batch_entries != 0
          ? options.batch_entries
          : static_cast<uint32_t>(std::clamp<size_t>(kBatchBytes / entry, 16, map.info().max_entries + 16));
  const bool batches = map.has_batches();
  if (engine_ == Engine::automatic) engine_ = batches ? Engine::batch : Engine::walk;
  if (engine_ == Engine::batch && !batches) {
    throw Error(Problem::unsupported, "this kernel has no batch commands for maps")
        .of(map.label())
        .advise("they came with Linux 5.6; '--engine walk' reads key by key");
  }
  if (engine_ == Engine::walk) capacity_ = std::min(capacity_, kWalkEntries);
}

void Scan::reserve(Batch& batch, size_t entries) const {
  const Shape& shape = map_.shape();
  if (batch.keys.size() < entries * shape.key_size) batch.keys.resize(entries * shape.key_size);
  if (batch.rows.size() < entries * shape.row_size()) batch.rows.resize(entries * shape.row_size());
}

bool Scan::next(Batch& batch) {
  batch.count = 0;
  batch.aggregates.clear();
  if (finished_ || stats_.rows >= options_.max_entries) return false;
  const bool got = engine_ == Engine::batch ? next_batch(batch) : next_walk(batch);
  stats_.rows += batch.count;
  return got;
}

std::error_code Scan::call_batch(Batch& batch, uint32_t asked) {
  reserve(batch, asked);
  BatchCall call;
  call.in = first_ ? nullptr : &token_;
  uint32_t out = token_;
  call.out = &out;
  call.keys = batch.keys.data();
  call.rows = batch.rows.data();
  call.count = asked;
  const auto ec = map_.raw().batch(options_.take ? BatchCommand::take : BatchCommand::lookup, call);
  ++stats_.syscalls;
  // EINVAL and EPERM leave `count` untouched; every other answer sets it (and the token, unless EFAULT).
  const bool refused = ec.value() == EINVAL || ec.value() == EPERM || ec.value() == EFAULT;
  batch.count = refused ? 0 : call.count;
  step_ = {token_, asked, static_cast<uint32_t>(batch.count), ec};
  if (!ec || batch.count > 0) {
    token_ = out;
    first_ = false;
  }
  stats_.largest_batch = std::max(stats_.largest_batch, step_.got);
  return ec;
}

// Entries that come along with an error are entries: with `take` they are out of the map.
bool Scan::next_batch(Batch& batch) {
  Backoff backoff;
  for (;;) {
    const auto left = std::min<uint64_t>(capacity_, options_.max_entries - stats_.rows);
    const auto ec = call_batch(batch, static_cast<uint32_t>(left));
    finished_ = ec.value() == ENOENT;
    if (batch.count > 0) return true;
    if (finished_) return false;
    if (ec.value() == ENOSPC) {
      if (left < capacity_) return false;  // max_entries is reached but for less than a bucket
      // A map has never more in one bucket than in all; programs may overshoot max_entries by a few.
      if (capacity_ > 2 * uint64_t{map_.info().max_entries} + 64) throw map_.failure(ec, "dump");
      ++stats_.grown;
      capacity_ *= 2;
    } else if (ec && ((!is_busy(ec) && ec.value() != ENOMEM) || !backoff.pause())) {
      throw map_.failure(ec, options_.take ? "drain" : "dump");
    }
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
  steps_ = 0;
  return true;
}

bool Scan::next_walk(Batch& batch) {
  const Shape& shape = map_.shape();
  reserve(batch, capacity_);
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

// One step; false at the end of a pass. With `take` each step asks for the first key that is left, which
// needs no passes: the pass ends when the map is empty.
bool Scan::walk_key(Batch& batch) {
  const Shape& shape = map_.shape();
  ++stats_.syscalls;
  if (!map_.next_key(at_start_ ? Bytes() : Bytes(current_), next_)) return false;
  at_start_ = options_.take;
  std::swap(current_, next_);
  if (++steps_ > step_limit(map_.info().max_entries)) {
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
