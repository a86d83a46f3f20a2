#include "map/range_reader.h"

#include <algorithm>
#include <cerrno>
#include <map>

#include "map/scan.h"
#include "map_fixture.h"

namespace percpumap::test {
namespace {

constexpr uint32_t kEntries = 1000;
constexpr uint32_t kBuckets = 1024;

class RangeReading : public MapTest {
 protected:
  Map make_map(uint32_t entries) {
    MapSpec spec = small_spec();
    spec.max_entries = kEntries;
    Map map = make(spec);
    fill(map, entries);
    return map;
  }

  using Keys = std::vector<uint32_t>;
  struct Reading {
    Keys head;
    Keys body;
    RangeEnd end;
    Keys doubtful() const { return numbers(end.doubtful); }
  };

  static Keys numbers(Bytes keys) {
    Keys all(keys.size() / 4);
    if (!all.empty()) std::memcpy(all.data(), keys.data(), keys.size());
    return all;
  }

  static Reading read(RangeReader& reader, const Map& map, const BucketRange& range) {
    Reading reading;
    reading.end = reader.read(range, [&](Batch& batch, bool head) {
      Keys& keys = head ? reading.head : reading.body;
      const Keys batch_keys = numbers(Bytes(batch.keys).first(batch.count * 4));
      keys.insert(keys.end(), batch_keys.begin(), batch_keys.end());
      for (size_t i = 0; i < batch.count; ++i) {
        EXPECT_TRUE(std::ranges::equal(batch.row(map.shape(), i), row(map, batch_keys[i])));
      }
    });
    return reading;
  }

  // The whole map in ranges of `width` buckets; each key and how often it came, but for those that a range
  // gave in doubt and the head of the next one gave again.
  static std::map<uint32_t, int> read_in_ranges(RangeReader& reader, const Map& map, uint32_t width,
                                                uint32_t slack, double density) {
    std::map<uint32_t, int> seen;
    Keys doubtful;
    BucketRange range{.density = density};
    while (range.end < kBuckets) {
      range.begin = range.end;
      range.head = range.slack;
      range.end = std::min(kBuckets, range.begin + width);
      range.slack = std::min(kBuckets, range.end + slack);
      const Reading reading = read(reader, map, range);
      EXPECT_FALSE(reading.end.astray) << "buckets " << range.begin << " to " << range.end;
      for (const uint32_t key : reading.head) {
        if (std::ranges::count(doubtful, key) == 0) ++seen[key];
      }
      for (const uint32_t key : reading.body) ++seen[key];
      doubtful = reading.doubtful();
    }
    return seen;
  }
};
PERCPUMAP_FOR_EVERY_BACKEND(RangeReading);

TEST_P(RangeReading, RangesOfAnyWidthGiveEachEntryOnce) {
  Map map = make_map(kEntries);
  RangeReader reader(map, 100);
  for (const uint32_t width : {40U, 63U, 100U, 1000U, 2000U}) {
    const auto seen = read_in_ranges(reader, map, width, 40, 1.0);
    EXPECT_EQ(seen.size(), kEntries) << width;
    for (const auto& [key, times] : seen) EXPECT_EQ(times, 1) << "key " << key << ", width " << width;
  }
}

TEST_P(RangeReading, AWrongGuessOfTheDensityCostsOnlyCalls) {
  Map map = make_map(kEntries);
  for (const double density : {0.01, 0.3, 8.0, 100.0}) {
    RangeReader reader(map, 100);
    const auto seen = read_in_ranges(reader, map, 64, 40, density);
    EXPECT_EQ(seen.size(), kEntries) << density;
    for (const auto& [key, times] : seen) EXPECT_EQ(times, 1) << "key " << key << ", density " << density;
    EXPECT_EQ(reader.stats().thrown_away > 0, density > 1) << density;
    EXPECT_EQ(reader.stats().grown > 0, density < 1) << density;
  }
}

// Only the next entry could say where the range ended, and it is too far away.
TEST_P(RangeReading, AnAlmostEmptyMapLeadsAstray) {
  Map map = make_map(2);
  RangeReader reader(map, 100);
  Keys seen;
  RangeEnd end;
  BucketRange range{.begin = 0, .head = 0, .end = 1, .slack = 2, .density = 1};
  for (; seen.empty(); ++range.end, ++range.slack) {
    const Reading reading = read(reader, map, range);
    seen = reading.body;
    end = reading.end;
  }
  // A single reader finds the rest from there, and nothing else.
  Scan rest(map, {.engine = Engine::batch});
  rest.skip_to(end.next);
  Batch batch;
  while (rest.next(batch)) {
    const Keys more = numbers(Bytes(batch.keys).first(batch.count * 4));
    seen.insert(seen.end(), more.begin(), more.end());
  }
  std::ranges::sort(seen);
  EXPECT_EQ(seen, (Keys{0, 1}));
  EXPECT_TRUE(end.astray);
}

TEST_P(RangeReading, BusyBatchesAreRetried) {
  Map map = make_map(kEntries);
  fail_every(2, Call::lookup_batch, EBUSY);
  RangeReader reader(map, 100);
  EXPECT_EQ(read_in_ranges(reader, map, 64, 40, 1.0).size(), kEntries);
}

TEST_P(RangeReading, TheCursorIsABucket) {
  for (const uint32_t entries : {0U, 10U, kEntries}) {
    Map map = make_map(entries);
    EXPECT_TRUE(cursor_is_bucket(map)) << entries << " entries";
  }
}

}  // namespace
}  // namespace percpumap::test
