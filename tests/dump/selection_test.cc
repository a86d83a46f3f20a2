#include "dump/selection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>

#include "dump/dump.h"
#include "map/map_fixture.h"
#include "support/allocations.h"
#include "types/scalar.h"

namespace percpumap::test {
namespace {

constexpr uint32_t kEntries = 60000;  // many ranges

// Of an entry's key, far from the order of the keys and with many that are equal.
uint64_t value_of(uint32_t key) {
  return key * uint64_t{2654435761} % 10007;
}

class Selections : public MapTest {
 protected:
  void SetUp() override {
    MapTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    MapSpec spec = small_spec();
    spec.max_entries = 2 * kEntries;
    map_.emplace(make(spec));
    Batch entries = batch(*map_, kEntries);
    for (uint32_t i = 0; i < kEntries; ++i) {
      const Buffer bytes = row(*map_, value_of(i));
      std::copy(bytes.begin(), bytes.end(), entries.rows.begin() + static_cast<ptrdiff_t>(i * bytes.size()));
    }
    uint64_t done = 0;
    map_->put(entries, kAny, done);
    ASSERT_EQ(done, kEntries);
  }

  Map& map() { return *map_; }
  const Shape& shape() const { return map_->shape(); }
  SortOrder order(std::string_view field) const {
    return {field, Layout::integer(4, false), Layout::integer(8, false), shape()};
  }

  std::vector<uint32_t> keys_of(Selection& selection) const {
    std::vector<uint32_t> keys;
    selection.hand_over([&](Batch& batch) {
      for (size_t i = 0; i < batch.count; ++i) {
        keys.push_back(static_cast<uint32_t>(load<uint32_t>(batch.key(shape(), i).data())));
        for (size_t slot = 0; slot < shape().cpus.size(); ++slot) {
          EXPECT_EQ(load<uint64_t>(batch.value(shape(), i, slot).data()), value_of(keys.back()));
        }
      }
    });
    return keys;
  }

  // What a dump selects.
  std::vector<uint32_t> selected(std::string_view field, uint64_t most, DumpOptions options) {
    const SortOrder by = order(field);
    Selection selection(by, shape(), most);
    Dump dump(map(), selection.printer(), selection, std::move(options));
    dump.run();
    EXPECT_TRUE(dump.stats().complete);
    EXPECT_EQ(dump.stats().rows, kEntries);
    return keys_of(selection);
  }

  // The same by other means: a walk in the kernel's order, then a stable sort.
  std::vector<uint32_t> expected(bool descending) {
    std::vector<uint32_t> keys;
    Scan scan(map(), {.engine = Engine::walk});
    for (Batch batch; scan.next(batch);) {
      for (size_t i = 0; i < batch.count; ++i) {
        keys.push_back(static_cast<uint32_t>(load<uint32_t>(batch.key(shape(), i).data())));
      }
    }
    std::stable_sort(keys.begin(), keys.end(), [&](uint32_t a, uint32_t b) {
      return descending ? value_of(a) > value_of(b) : value_of(a) < value_of(b);
    });
    return keys;
  }

 private:
  std::optional<Map> map_;
};
PERCPUMAP_FOR_EVERY_BACKEND(Selections);

TEST_P(Selections, AreThoseOfASortedMapWhateverTheNumberOfReaders) {
  for (const bool descending : {false, true}) {
    const auto all = expected(descending);
    ASSERT_EQ(all.size(), kEntries);
    const std::string field = descending ? "max:desc" : "max";
    for (const unsigned jobs : {1U, 2U, 5U}) {
      EXPECT_TRUE(selected(field, UINT64_MAX, {.jobs = jobs}) == all) << jobs << " readers, all";
      for (const uint64_t most : {1U, 10U, 3000U, kEntries - 1, kEntries, kEntries + 1}) {
        auto some = all;
        some.resize(std::min<uint64_t>(most, kEntries));
        EXPECT_TRUE(selected(field, most, {.jobs = jobs}) == some) << jobs << " readers, " << most;
      }
    }
    EXPECT_TRUE(selected(field, UINT64_MAX, {.engine = Engine::walk}) == all) << "walk";
  }
}

TEST_P(Selections, ByTheKey) {
  std::vector<uint32_t> keys(100);
  std::iota(keys.begin(), keys.end(), 0);
  EXPECT_EQ(selected("key", 100, {.jobs = 2}), keys);
  std::iota(keys.rbegin(), keys.rend(), kEntries - 100);
  EXPECT_EQ(selected("key:desc", 100, {.jobs = 2}), keys);
}

// Keys from kEntries on come and go with values above all others, while keys below stay.
TEST_P(Selections, EntriesThatStayAreThereOnceWhileOthersComeAndGo) {
  std::atomic<bool> stop = false;
  std::thread other([&] {
    for (uint32_t i = 0; !stop; ++i) {
      const uint32_t at = kEntries + i * 7919 % kEntries;
      map().update(key(at), row(map(), value_of(at)), kAny);
      map().erase(key(kEntries + i * 104729 % kEntries));
    }
  });
  for (int i = 0; i < 5; ++i) {
    const SortOrder by = order("key");
    Selection selection(by, shape(), kEntries);
    Dump(map(), selection.printer(), selection, {.jobs = 2}).run();
    std::vector<uint32_t> keys(kEntries);
    std::iota(keys.begin(), keys.end(), 0);
    EXPECT_TRUE(keys_of(selection) == keys);
  }
  stop = true;
  other.join();
}

TEST_P(Selections, KeepWhatTheyHaveWhenTheDumpStops) {
  const SortOrder by = order("sum:desc");
  Selection selection(by, shape(), 10);
  Dump(map(), selection.printer(), selection, {.jobs = 2, .stopped = [] { return true; }}).run();
  EXPECT_LT(selection.count(), kEntries);
  const auto keys = keys_of(selection);
  ASSERT_EQ(keys.size(), 10U);
  const auto by_value = [](uint32_t a, uint32_t b) { return value_of(a) > value_of(b); };
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end(), by_value));
}

TEST_P(Selections, NothingIsAllocatedPerEntry) {
  const SortOrder by = order("sum");
  Selection selection(by, shape(), 10);
  Scan scan(map(), {});
  Batch batch;
  ASSERT_TRUE(scan.next(batch));
  selection.rows(batch);
  const size_t before = allocations;
  for (int i = 0; i < 3; ++i) selection.rows(batch);
  EXPECT_EQ(allocations, before);
}

TEST_P(Selections, ADumpWithALimitEndsThere) {
  for (const uint64_t limit : {0U, 1U, 777U, 30000U, kEntries, kEntries + 1}) {
    const SortOrder by = order("key");
    Selection selection(by, shape(), UINT64_MAX);
    Dump dump(map(), selection.printer(), selection, {.jobs = 2, .limit = limit});
    dump.run();
    EXPECT_TRUE(dump.stats().complete);
    EXPECT_EQ(keys_of(selection).size(), std::min<uint64_t>(limit, kEntries)) << limit;
  }
}

// The first batches have nothing that is wanted.
TEST_P(Selections, AFilterMayDropTheFirstBatches) {
  for (const unsigned jobs : {1U, 2U}) {
    const int dropped = jobs == 1 ? 2 : 20;
    std::atomic<int> batches = 0;
    const auto drop = [&](Batch& batch) {
      if (batches++ < dropped) batch.count = 0;
    };
    const SortOrder by = order("key");
    Selection selection(by, shape(), UINT64_MAX);
    Dump(map(), selection.printer(), selection, {.jobs = jobs, .stage = drop}).run();
    EXPECT_GT(batches, dropped);
    EXPECT_GT(selection.count(), 0U);
    EXPECT_EQ(keys_of(selection).size(), selection.count());
  }
}

}  // namespace
}  // namespace percpumap::test
