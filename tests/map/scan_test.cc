#include "map/scan.h"

#include <cerrno>
#include <map>

#include "base/error.h"
#include "map_fixture.h"

namespace percpumap::test {
namespace {

class Scans : public MapTest {
 protected:
  static MapSpec large_spec() {
    MapSpec spec = small_spec();
    spec.max_entries = 1000;
    return spec;
  }

  // Each key that the scan gives, and how often.
  static std::map<uint32_t, int> read_all(Scan& scan, const Map& map) {
    std::map<uint32_t, int> seen;
    Batch entries;
    while (scan.next(entries)) {
      for (size_t i = 0; i < entries.count; ++i) {
        uint32_t number = 0;
        std::memcpy(&number, entries.key(map.shape(), i).data(), 4);
        const Buffer expected = row(map, number);
        EXPECT_TRUE(std::ranges::equal(entries.row(map.shape(), i), expected)) << "values of key " << number;
        ++seen[number];
      }
    }
    return seen;
  }

  static void expect_each_once(const std::map<uint32_t, int>& seen, uint32_t count) {
    EXPECT_EQ(seen.size(), count);
    for (const auto& [number, times] : seen) EXPECT_EQ(times, 1) << "key " << number;
  }
};
PERCPUMAP_FOR_EVERY_BACKEND(Scans);

TEST_P(Scans, BothEnginesGiveEachEntryOnce) {
  Map map = make(large_spec());
  fill(map, 1000);
  for (const Engine engine : {Engine::batch, Engine::walk}) {
    Scan scan(map, {.engine = engine});
    expect_each_once(read_all(scan, map), 1000);
    EXPECT_EQ(scan.stats().rows, 1000U);
    EXPECT_TRUE(scan.stats().complete);
  }
}

TEST_P(Scans, AnEmptyMapHasNoEntries) {
  Map map = make();
  Scan scan(map, {});
  Batch entries;
  EXPECT_FALSE(scan.next(entries));
  EXPECT_TRUE(scan.stats().complete);
}

// ENOSPC: the next bucket does not fit. The same cursor is asked again with more room.
TEST_P(Scans, ABatchTooSmallForABucketGrows) {
  Map map = make(large_spec());
  fill(map, 1000);
  Scan scan(map, {.engine = Engine::batch, .batch_entries = 1});
  expect_each_once(read_all(scan, map), 1000);
  EXPECT_GT(scan.stats().grown, 0U);
}

TEST_P(Scans, MaxEntriesIsNeverPassed) {
  Map map = make(large_spec());
  fill(map, 1000);
  Scan scan(map, {.engine = Engine::batch, .max_entries = 100});
  const auto seen = read_all(scan, map);
  EXPECT_LE(seen.size(), 100U);
  EXPECT_GT(seen.size(), 90U);  // less than a bucket is missing
}

TEST_P(Scans, BusyBatchesAreRetriedFromTheSameCursor) {
  Map map = make(large_spec());
  fill(map, 1000);
  fail_every(2, Call::lookup_batch, EBUSY);
  Scan scan(map, {.engine = Engine::batch, .batch_entries = 64});
  expect_each_once(read_all(scan, map), 1000);
}

TEST_P(Scans, TakingEmptiesTheMap) {
  for (const Engine engine : {Engine::batch, Engine::walk}) {
    Map map = make(large_spec());
    fill(map, 1000);
    Scan scan(map, {.engine = engine, .take = true});
    if (engine == Engine::walk && !has_take()) {
      EXPECT_EQ(Problem::unsupported, problem_of([&] { read_all(scan, map); }));
      continue;
    }
    expect_each_once(read_all(scan, map), 1000);
    Buffer left = key(0);
    EXPECT_FALSE(map.next_key({}, left));
  }
}

// The kernel gives what it has removed along with the error: nobody else will get it.
TEST_P(Scans, WhatIsTakenAlongWithAnErrorCounts) {
  for (const int code : {EBUSY, ENOMEM, EINTR}) {
    Map map = make(large_spec());
    fill(map, 1000);
    fail_every(2, Call::take_batch, code);
    Scan scan(map, {.engine = Engine::batch, .take = true, .batch_entries = 64});
    expect_each_once(read_all(scan, map), 1000);
  }
}

TEST_P(Scans, WithoutBatchCommandsItWalks) {
  Map map = make(large_spec());
  fill(map, 100);
  fail_every(1, Call::lookup_batch, EINVAL);
  EXPECT_EQ(problem_of([&] { Scan(map, {.engine = Engine::batch}); }), Problem::unsupported);
  Scan scan(map, {});
  EXPECT_EQ(scan.engine(), Engine::walk);
  expect_each_once(read_all(scan, map), 100);
}

// The key that the walk stands on is deleted under it: the kernel begins anew, the reader must not notice.
TEST_P(Scans, WalkSurvivesTheDeletionOfItsKey) {
  Map map = make(large_spec());
  fill(map, 200);
  Buffer first = key(0);
  ASSERT_TRUE(map.next_key({}, first));
  uint32_t victim = 0;
  std::memcpy(&victim, first.data(), 4);
  // The walk's first call gives `victim`; before the second one it goes.
  faults().before(Call::next_key, 3, [&] { map.erase(first); });
  Scan scan(map, {.engine = Engine::walk});
  auto seen = read_all(scan, map);
  EXPECT_EQ(seen[victim], 1);  // it was there when it was read
  expect_each_once(seen, 200);
}

TEST_P(Scans, WalkCountsKeysThatVanish) {
  Map map = make(large_spec());
  fill(map, 50);
  Buffer first = key(0);
  ASSERT_TRUE(map.next_key({}, first));
  faults().before(Call::lookup, 1, [&] { map.erase(first); });
  Scan scan(map, {.engine = Engine::walk});
  expect_each_once(read_all(scan, map), 49);
  EXPECT_EQ(scan.stats().vanished, 1U);
  EXPECT_TRUE(scan.stats().complete);
}

// A map that never holds still ends the walk all the same, and the walk says that it was not whole.
TEST_P(Scans, WalkIsBoundedWhenTheMapNeverHoldsStill) {
  Map map = make();
  fill(map, 8);
  fail_every(3, Call::lookup, ENOENT);
  Scan scan(map, {.engine = Engine::walk});
  Batch entries;
  for (uint32_t fresh = 100; scan.next(entries); ++fresh) {
  }
  EXPECT_GT(scan.stats().vanished, 0U);
}

}  // namespace
}  // namespace percpumap::test
