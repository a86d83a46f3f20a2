#include "map/map.h"

#include <cerrno>

#include "base/error.h"
#include "map_fixture.h"

namespace percpumap::test {
namespace {

class Entries : public MapTest {};
PERCPUMAP_FOR_EVERY_BACKEND(Entries);

MapSpec spec_without_prealloc() {
  MapSpec spec = small_spec();
  spec.flags |= kNoPrealloc;
  spec.max_entries = 1000;
  return spec;
}

TEST_P(Entries, UpdateRetriesMemoryThatComesBack) {
  Map map = make(spec_without_prealloc());
  for (int nth = 1; nth <= 5; ++nth) faults().fail(Call::update, nth, ENOMEM);
  map.update(key(1), row(map, 7), kAny);
  Buffer found(map.shape().row_size());
  EXPECT_TRUE(map.lookup(key(1), found));
  EXPECT_EQ(found, row(map, 7));
  EXPECT_EQ(faults().calls(Call::update), 6);
}

TEST_P(Entries, UpdateGivesUpOnMemoryThatStaysAway) {
  Map map = make(spec_without_prealloc());
  fail_every(1, Call::update, ENOMEM);
  EXPECT_EQ(problem_of([&] { map.update(key(1), row(map, 7), kAny); }), Problem::no_memory);
}

// With preallocation ENOMEM means what it says.
TEST_P(Entries, UpdateOfAPreallocatedMapDoesNotRetryMemory) {
  Map map = make();
  faults().fail(Call::update, 1, ENOMEM);
  EXPECT_EQ(problem_of([&] { map.update(key(1), row(map, 7), kAny); }), Problem::no_memory);
  EXPECT_EQ(faults().calls(Call::update), 1);
}

TEST_P(Entries, EveryBusyAnswerIsRetried) {
  Map map = make();
  int nth = 0;
  for (const int code : {EBUSY, EAGAIN, EDEADLK, ETIMEDOUT, EINTR}) faults().fail(Call::update, ++nth, code);
  map.update(key(1), row(map, 7), kAny);
  EXPECT_EQ(faults().calls(Call::update), nth + 1);
}

TEST_P(Entries, PutGoesOnWhereABatchStopped) {
  Map map = make(spec_without_prealloc());
  fail_every(2, Call::update_batch, ENOMEM);  // every second batch, half done
  fill(map, 1000);
  Buffer found(map.shape().row_size());
  for (uint32_t i = 0; i < 1000; ++i) {
    ASSERT_TRUE(map.lookup(key(i), found)) << i;
    ASSERT_EQ(found, row(map, i));
  }
}

TEST_P(Entries, PutCountsWhatIsInWhenTheMapIsFull) {
  Map map = make();  // 16 entries
  uint64_t done = 0;
  EXPECT_EQ(problem_of([&] { map.put(batch(map, 20), kAny, done); }), Problem::full);
  EXPECT_EQ(done, 16U);
}

// Each call fails, but behind entries that it put: programs make room meanwhile.
TEST_P(Entries, PutGoesOnInAFullMapAsLongAsItGetsOn) {
  Map map = make();
  faults().fail(Call::update_batch, 1, 4, E2BIG);
  fill(map, 16);
  EXPECT_EQ(faults().calls(Call::update_batch), 5);
}

TEST_P(Entries, OnlyWaitingForMemoryIsSaid) {
  Map preallocated = make();
  Map waiting = make(spec_without_prealloc());
  const std::string waited = "two seconds";
  const auto message = [&](Map& map) {
    return std::string(map.failure(errno_code(ENOMEM), "update").what());
  };
  EXPECT_EQ(message(preallocated).find(waited), std::string::npos);
  EXPECT_NE(message(waiting).find(waited), std::string::npos);
}

TEST_P(Entries, PutWithoutBatchesGoesOneByOne) {
  Map map = make();
  fail_every(1, Call::lookup_batch, EINVAL);  // what the probe for batches asks
  fill(map, 10);
  EXPECT_EQ(faults().calls(Call::update_batch), 0);
  EXPECT_EQ(faults().calls(Call::update), 10);
}

// BPF_NOEXIST and BPF_EXIST are EINVAL for the batch command.
TEST_P(Entries, PutWithConditionsGoesOneByOne) {
  Map map = make();
  uint64_t done = 0;
  map.put(batch(map, 5), kNoExist, done);
  EXPECT_EQ(done, 5U);
  map.put(batch(map, 5), kExist, done);
  EXPECT_EQ(done, 10U);
  EXPECT_EQ(problem_of([&] { map.put(batch(map, 6), kExist, done); }), Problem::not_found);
  EXPECT_EQ(done, 15U);
}

TEST_P(Entries, DeletingManyPassesOverMissingKeys) {
  Map map = make();
  fill(map, 6);
  Buffer keys;
  for (const uint32_t number : {0U, 99U, 1U, 98U, 97U, 2U}) {
    const Buffer k = key(number);
    keys.insert(keys.end(), k.begin(), k.end());
  }
  const Erased erased = map.erase_all(keys);
  EXPECT_EQ(erased.deleted, 3U);
  EXPECT_EQ(erased.missing, (std::vector<std::string>{"63000000", "62000000", "61000000"}));
  Buffer found(map.shape().row_size());
  for (const uint32_t gone : {0U, 1U, 2U}) EXPECT_FALSE(map.lookup(key(gone), found));
  for (const uint32_t left : {3U, 4U, 5U}) EXPECT_TRUE(map.lookup(key(left), found));
}

TEST_P(Entries, DeletingManyGoesOnAfterABusyKernel) {
  Map map = make();
  fill(map, 8);
  faults().fail(Call::erase_batch, 1, EBUSY);
  const Erased erased = map.erase_all(batch(map, 8).keys);
  EXPECT_EQ(erased.deleted, 8U);
  EXPECT_TRUE(erased.missing.empty());
}

TEST_P(Entries, FrozenMapsSaySo) {
  Map map = make();
  map.freeze();
  EXPECT_EQ(problem_of([&] { map.update(key(1), row(map, 1), kAny); }), Problem::frozen);
  EXPECT_EQ(problem_of([&] { map.erase(key(1)); }), Problem::frozen);
  EXPECT_EQ(problem_of([&] { map.freeze(); }), Problem::frozen);
  Buffer found(map.shape().row_size());
  EXPECT_FALSE(map.lookup(key(1), found));
}

TEST_P(Entries, CommandsThatAreMissingAreUnsupported) {
  Map map = make();
  Buffer found(map.shape().row_size());
  faults().fail(Call::take, 1, kKernelEnotsupp);
  EXPECT_EQ(problem_of([&] { map.take(key(1), found); }), Problem::unsupported);
}

}  // namespace
}  // namespace percpumap::test
