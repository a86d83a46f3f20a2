#include "map/range_reader.h"

#include <algorithm>
#include <cerrno>
#include <cmath>

namespace percpumap {
namespace {

// Entries asked for in the head of a range beyond what it should hold, so that one call does.
constexpr double kHeadSurplus = 8;
// From here on a range is read without keeping away from its end: what comes too much is little.
constexpr double kFew = 48;

}  // namespace

bool cursor_is_bucket(Map& map) {
  const uint64_t buckets = bucket_count(map.info().max_entries);
  if (buckets > UINT32_MAX) return false;
  const auto end = static_cast<uint32_t>(buckets);
  BatchReader reader(map, BatchCommand::lookup);
  Batch batch;
  const BatchStep step = reader.read(batch, end - 1, 1);
  return (step.answer.value() == ENOENT && step.next == end) ||
         (step.answer.value() == ENOSPC && step.next == end - 1);
}

// Entries hash evenly: n buckets hold d n of them, give or take the root of that. Asking for a little less
// keeps a batch within its range.
uint32_t RangeReader::guess(const BucketRange& range, uint32_t at) const {
  double wanted = 0;
  if (at < range.head) {
    wanted = range.density * (range.head - at) + kHeadSurplus;
  } else {
    const double expected = range.density * (range.end - at);
    wanted = expected < kFew ? std::ceil(expected) : expected - 2 * std::sqrt(expected);
  }
  return static_cast<uint32_t>(std::clamp<double>(wanted, 1, capacity_));
}

// The batch from `at` on: one that stays in front of range.slack, if there is one.
BatchStep RangeReader::read_within(const BucketRange& range, uint32_t at) {
  uint32_t asked = guess(range, at);
  uint32_t least = 1;  // less than this does not hold the first bucket
  for (;;) {
    const BatchStep step = reader_.read(batch_, at, asked);
    stats_.syscalls = reader_.calls();
    stats_.largest_batch = std::max(stats_.largest_batch, step.got);
    if (on_step) on_step(step);
    if (step.answer.value() == ENOSPC) {
      if (step.next >= range.end) return step;
      // A map has never more in one bucket than in all; programs may overshoot max_entries by a few.
      if (asked > 2 * uint64_t{map_.info().max_entries} + 64) throw map_.failure(step.answer, "dump");
      ++stats_.grown;
      at = step.next;
      least = asked + 1;
      asked = 2 * asked;
    } else if (step.got > 0 && step.next > range.slack && asked > least) {
      ++stats_.thrown_away;
      asked = std::max(least, std::min(asked, step.got) / 2);
    } else {
      return step;
    }
  }
}

RangeEnd RangeReader::read(const BucketRange& range, const Visit& visit) {
  RangeEnd end;
  end.next = range.begin;
  while (end.next < range.end) {
    const BatchStep step = read_within(range, end.next);
    const bool head = end.next < range.head;
    end.next = step.next;
    if (step.got == 0) continue;
    if (step.next > range.end) {
      const auto keys = Bytes(batch_.keys).first(step.got * map_.shape().key_size);
      end.doubtful.assign(keys.begin(), keys.end());
      end.astray = step.next > range.slack;
    }
    stats_.rows += step.got;
    visit(batch_, head);
  }
  return end;
}

}  // namespace percpumap
