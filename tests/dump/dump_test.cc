#include "dump/dump.h"

#include <fcntl.h>

#include <atomic>
#include <cerrno>
#include <map>
#include <thread>

#include "dump/captured.h"
#include "map/map_fixture.h"

namespace percpumap::test {
namespace {

// Many ranges.
constexpr uint32_t kEntries = 60000;

class Dumps : public MapTest {
 protected:
  Map make_map(uint32_t entries, uint32_t max_entries = kEntries) {
    MapSpec spec = small_spec();
    spec.max_entries = max_entries;
    Map map = make(spec);
    fill(map, entries);
    return map;
  }

  static Table table_of(const Map& map) {
    Table table;
    table.key = Layout::integer(4, false);
    table.value = Layout::bytes(8);
    table.shape = map.shape();
    return table;
  }

  static std::string text_of(Map& map, Format format, DumpOptions options) {
    Captured captured(format, table_of(map));
    Dump dump(map, captured.printer(), captured.document(), std::move(options));
    dump.run();
    EXPECT_TRUE(dump.stats().complete);
    return captured.text();
  }

  // The keys of an ndjson document, and how often each came.
  static std::map<uint32_t, int> keys_of(const std::string& lines) {
    static const std::string kKey = "{\"key\":";
    std::map<uint32_t, int> keys;
    for (size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1) {
      EXPECT_EQ(lines.compare(at, kKey.size(), kKey), 0);
      ++keys[static_cast<uint32_t>(std::stoul(lines.substr(at + kKey.size(), 10)))];
    }
    return keys;
  }

  // Keys 0 … count - 1 are all there, and none is there twice.
  static void expect_whole(const std::map<uint32_t, int>& keys, uint32_t count) {
    for (const auto& [key, times] : keys) EXPECT_EQ(times, 1) << "key " << key;
    EXPECT_EQ(std::distance(keys.begin(), keys.lower_bound(count)), count);
  }
};
PERCPUMAP_FOR_EVERY_BACKEND(Dumps);

TEST_P(Dumps, TheTextIsTheSameWhateverTheNumberOfReaders) {
  Map map = make_map(kEntries);
  for (const Format format : {Format::json, Format::pretty, Format::csv, Format::table, Format::bpftool}) {
    const std::string alone = text_of(map, format, {.jobs = 1});
    for (const unsigned jobs : {2U, 3U, 8U}) {
      EXPECT_TRUE(text_of(map, format, {.jobs = jobs}) == alone) << jobs << " readers";
    }
    EXPECT_TRUE(text_of(map, format, {.engine = Engine::walk}) == alone) << "walk";
  }
}

TEST_P(Dumps, MapsOfEverySizeAreWhole) {
  for (const uint32_t entries : {0U, 1U, 100U, 13106U, 13107U, 13108U, 30000U, 50000U}) {
    Map map = make_map(entries);
    const auto keys = keys_of(text_of(map, Format::ndjson, {.jobs = 2}));
    EXPECT_EQ(keys.size(), entries);
    expect_whole(keys, entries);
  }
}

// Keys from kEntries on come and go while keys below stay.
TEST_P(Dumps, EntriesThatStayAreThereOnceWhileOthersComeAndGo) {
  Map map = make_map(kEntries, 2 * kEntries);
  std::atomic<bool> stop = false;
  std::thread other([&] {
    for (uint32_t i = 0; !stop; ++i) {
      map.update(key(kEntries + i * 7919 % kEntries), row(map, i), kAny);
      map.erase(key(kEntries + i * 104729 % kEntries));
    }
  });
  for (int i = 0; i < 10; ++i) {
    expect_whole(keys_of(text_of(map, Format::ndjson, {.jobs = 2})), kEntries);
  }
  stop = true;
  other.join();
}

TEST_P(Dumps, AMapThatIsEmptiedMeanwhileIsReadToTheEnd) {
  Map map = make_map(kEntries);
  faults().before(Call::lookup_batch, 12, [&] {
    for (uint32_t i = 50; i < kEntries; ++i) map.erase(key(i));
  });
  expect_whole(keys_of(text_of(map, Format::ndjson, {.jobs = 2})), 50);
}

TEST_P(Dumps, AMapThatIsFilledMeanwhileIsReadToTheEnd) {
  Map map = make_map(kEntries, 16 * kEntries);
  faults().before(Call::lookup_batch, 12, [&] {
    for (uint32_t i = kEntries; i < 10 * kEntries; ++i) map.update(key(i), row(map, i), kAny);
  });
  expect_whole(keys_of(text_of(map, Format::ndjson, {.jobs = 2})), kEntries);
}

// A map that is being filled makes ranges narrow at once; the one before may still run over as far as it
// might have in the sparse map.
TEST(Ranges, NoneIsNarrowerThanWhatTheOneBeforeMayRunOver) {
  constexpr uint32_t kBuckets = 1 << 20;
  const BucketRange sparse = range_after({}, 0.004, 1000, kBuckets);
  const BucketRange dense = range_after(sparse, 1, 1000, kBuckets);
  EXPECT_EQ(dense.begin, sparse.end);
  EXPECT_EQ(dense.head, sparse.slack);
  EXPECT_GT(dense.head, dense.begin + 1000);
  EXPECT_EQ(dense.end, dense.head);
}

TEST(Ranges, CoverTheMapAndOverlapByTheirSlack) {
  constexpr uint32_t kBuckets = 100'003;
  BucketRange range;
  for (double density = 1; range.end < kBuckets; density *= 1.1) {
    const BucketRange next = range_after(range, density, 100, kBuckets);
    ASSERT_EQ(next.begin, range.end);
    ASSERT_EQ(next.head, range.slack);
    ASSERT_GT(next.end, next.begin);
    ASSERT_GE(next.end, range.slack);
    ASSERT_GE(next.slack, next.end);
    range = next;
  }
  EXPECT_EQ(range.slack, kBuckets);
}

TEST_P(Dumps, BusyBatchesAreRetried) {
  Map map = make_map(kEntries);
  for (uint64_t nth = 3; nth < 2000; nth += 3) faults().fail(Call::lookup_batch, nth, EBUSY);
  expect_whole(keys_of(text_of(map, Format::ndjson, {.jobs = 2})), kEntries);
}

TEST_P(Dumps, AFailureComesAfterTheRowsBeforeIt) {
  for (const unsigned jobs : {1U, 2U}) {
    Map map = make_map(kEntries);
    faults().fail(Call::lookup_batch, faults().calls(Call::lookup_batch) + 4, EIO);
    Captured captured(Format::ndjson, table_of(map));
    Dump dump(map, captured.printer(), captured.document(), {.jobs = jobs});
    EXPECT_EQ(problem_of([&] { dump.run(); }), Problem::system);
    const auto keys = keys_of(captured.text());
    EXPECT_EQ(keys.size(), dump.stats().rows);
    EXPECT_GT(keys.size(), 0U);
    EXPECT_LT(keys.size(), kEntries);
    for (const auto& [key, times] : keys) EXPECT_EQ(times, 1) << "key " << key;
  }
}

TEST_P(Dumps, StopsWithWholeRows) {
  Map map = make_map(kEntries);
  for (const unsigned jobs : {1U, 2U}) {
    Captured captured(Format::ndjson, table_of(map));
    Dump dump(map, captured.printer(), captured.document(), {.jobs = jobs, .stopped = [] { return true; }});
    dump.run();
    const auto keys = keys_of(captured.text());
    EXPECT_EQ(keys.size(), dump.stats().rows);
    EXPECT_LT(keys.size(), kEntries);
  }
}

TEST_P(Dumps, AFullDeviceEndsTheReading) {
  Map map = make_map(kEntries);
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  for (const unsigned jobs : {1U, 2U}) {
    Sink sink(full);
    const auto printer = make_printer(Format::ndjson, table_of(map));
    Document document(*printer, sink);
    Dump dump(map, *printer, document, {.jobs = jobs});
    EXPECT_EQ(problem_of([&] { dump.run(); }), Problem::output_failed);
  }
  close(full);
}

TEST_P(Dumps, ProgressReachesTheWholeMap) {
  Map map = make_map(kEntries);
  for (const unsigned jobs : {1U, 2U}) {
    uint64_t rows = 0;
    double share = 0;
    DumpOptions options{.jobs = jobs};
    options.progress = [&](uint64_t now, std::optional<double> part) {
      EXPECT_GE(now, rows);
      ASSERT_TRUE(part.has_value());
      EXPECT_GE(*part, share);
      rows = now;
      share = *part;
    };
    text_of(map, Format::ndjson, options);
    EXPECT_GE(rows, kEntries);
    EXPECT_EQ(share, 1.0);
  }
}

}  // namespace
}  // namespace percpumap::test
