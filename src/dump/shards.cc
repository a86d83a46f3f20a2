#include "dump/shards.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <system_error>
#include <thread>

namespace percpumap {
namespace {

constexpr size_t kRangeText = size_t{448} << 10;  // half of a usual second-level cache
constexpr size_t kFewestEntries = 32;             // however large
constexpr size_t kWorthwhile = 256;               // however few a map has
constexpr size_t kMostEntries = 4096;
constexpr size_t kLargestEntry = size_t{16} << 10;  // bytes

// Expected entries between the end of a range and how far its last batch may run. With d entries per bucket,
// e^-24 is how often a batch that asks for one entry runs further.
constexpr double kSlackEntries = 24;

// Text beyond this is written as soon as it is its turn, even if its range is not read to the end: a map that
// is being filled can have any number of entries in a range.
constexpr size_t kLargeBlock = size_t{4} << 20;

}  // namespace

RangeSize range_size(const Shape& shape, size_t text, size_t wish) {
  const size_t entry = shape.key_size + shape.row_size();
  if (entry > kLargestEntry) return {};
  const size_t most =
      std::clamp(std::min(kBatchBytes / entry, kRangeText / text), kFewestEntries, kMostEntries);
  const size_t entries = std::clamp(wish, std::min(most, kWorthwhile), most);
  return {entries, entries * text};
}

BucketRange range_after(const BucketRange& last, double density, size_t entries, uint32_t buckets) {
  const double width = std::max(1.0, static_cast<double>(entries) / density);
  const double slack = std::max(1.0, kSlackEntries / density);
  const auto within = [&](double bucket) {
    return static_cast<uint32_t>(std::min<double>(buckets, std::ceil(bucket)));
  };
  BucketRange range{.begin = last.end, .head = last.slack, .density = density};
  range.end = std::max(within(range.begin + width), range.head);
  // Nor may the last range be narrower than what this one may run over.
  if (within(range.begin + 2 * width) == buckets) range.end = buckets;
  range.slack = within(range.end + slack);
  return range;
}

Shards::Shards(Map& map, const Printer& printer, RowTarget& target, const DumpOptions& options, uint32_t from,
               uint64_t seen, const RangeSize& size)
    : map_(map),
      printer_(printer),
      options_(options),
      buckets_(static_cast<uint32_t>(bucket_count(map.info().max_entries))),
      size_(size),
      order_(target, map.shape().key_size, options.jobs + 2),
      last_{.end = from, .slack = from},
      seen_entries_(seen),
      seen_buckets_(from) {}

std::optional<BucketRange> Shards::next_range() {
  const std::lock_guard lock(mutex_);
  if (stop_ || last_.end == buckets_) return std::nullopt;
  const double density = static_cast<double>(seen_entries_) / static_cast<double>(seen_buckets_);
  last_ = range_after(last_, density, size_.entries, buckets_);
  last_.index = handed_out_++;
  return last_;
}

void Shards::format(Batch& batch, bool head, const BucketRange& range, Block& block) {
  const size_t key_size = map_.shape().key_size;
  if (options_.stage) options_.stage(batch);
  if (!head) {
    printer_.rows(batch, 0, batch.count, block.body);
    block.body_rows += batch.count;
    if (block.body.size() > kLargeBlock) order_.deliver_part(range.index, block);
    return;
  }
  for (size_t i = 0; i < batch.count; ++i) {
    printer_.rows(batch, i, i + 1, block.head);
    block.head_ends.push_back(block.head.size());
  }
  const auto keys = Bytes(batch.keys).first(batch.count * key_size);
  block.head_keys.insert(block.head_keys.end(), keys.begin(), keys.end());
}

std::unique_ptr<Block> Shards::read(RangeReader& reader, const BucketRange& range,
                                    std::unique_ptr<Block> block) {
  const uint64_t before = reader.stats().rows;
  block->failure = nullptr;
  block->end = {};
  try {
    block->end = reader.read(range, [&](Batch& batch, bool head) { format(batch, head, range, *block); });
  } catch (...) {
    block->failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  seen_entries_ += reader.stats().rows - before;
  seen_buckets_ += range.end - range.begin;
  return block;
}

void Shards::work() {
  RangeReader reader(map_, static_cast<uint32_t>(size_.entries));
  if (options_.on_step) {
    reader.on_step = [this](const BatchStep& step) {
      const std::lock_guard lock(mutex_);
      options_.on_step(step);
    };
  }
  while (const auto range = next_range()) {
    auto block = order_.block_for(range->index);
    if (!block) break;
    block->body.room(size_.text + size_.text / 8);  // at once, not by growing
    order_.deliver(range->index, read(reader, *range, std::move(block)));
  }
  const std::lock_guard lock(mutex_);
  stats_ += reader.stats();
  --working_;
  ended_.notify_all();
}

// As many as can be had; where that is none, the caller works.
std::vector<std::thread> Shards::start() {
  std::vector<std::thread> threads;
  working_ = options_.jobs;
  try {
    while (threads.size() < options_.jobs) threads.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    const std::lock_guard lock(mutex_);
    working_ -= options_.jobs - static_cast<unsigned>(threads.size());
  }
  return threads;
}

void Shards::watch() {
  std::unique_lock lock(mutex_);
  while (working_ > 0) {
    ended_.wait_for(lock, std::chrono::milliseconds(50));
    if (options_.stopped && options_.stopped()) stop_ = true;
    if (options_.progress) {
      options_.progress(seen_entries_, static_cast<double>(seen_buckets_) / static_cast<double>(buckets_));
    }
  }
}

std::optional<uint32_t> Shards::run() {
  std::vector<std::thread> threads = start();
  if (threads.empty()) {
    working_ = 1;
    work();
  }
  watch();
  for (std::thread& thread : threads) thread.join();
  stats_.duplicates = order_.duplicates();
  if (order_.failure()) std::rethrow_exception(order_.failure());
  return order_.astray();
}

}  // namespace percpumap
