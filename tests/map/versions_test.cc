// Maps on simulated machines of other kernels, other CPUs and other users than the usual ones.
#include <algorithm>
#include <cstring>

#include "contract/sim_directory.h"
#include "map/map.h"
#include "map/scan.h"
#include "map_fixture.h"
#include "sim/machine_admin.h"
#include "sim/sim_backend.h"

namespace percpumap::test {
namespace {

class OtherMachines : public SimDirectoryTest {
 protected:
  Map make(const std::string& version, const std::string& cpus = "0-3", uint32_t flags = 0) {
    const CpuList list = *CpuList::parse(cpus);
    init_machine(directory(), {list, list, *parse_kernel_version(version), Caps::all});
    backend_ = make_sim_backend(directory());
    MapSpec spec = small_spec();
    spec.flags = flags;
    return Map::create(*backend_, spec);
  }
  static Buffer row(const Map& map) { return Buffer(map.shape().row_size(), std::byte{1}); }
  // Of keys 0 … count - 1.
  static Buffer keys(uint32_t count) {
    Buffer all;
    for (uint32_t key = 0; key < count; ++key) {
      const Bytes bytes = bytes_of(key);
      all.insert(all.end(), bytes.begin(), bytes.end());
    }
    return all;
  }
  static Batch batch(const Map& map, uint32_t count) {
    Batch entries;
    entries.keys = keys(count);
    entries.rows.resize(map.shape().row_size() * count);
    entries.count = count;
    return entries;
  }
  static uint64_t count(Map& map, const ScanOptions& options) {
    Scan scan(map, options);
    Batch entries;
    while (scan.next(entries)) {
    }
    EXPECT_TRUE(scan.stats().complete);
    return scan.stats().rows;
  }

 private:
  std::unique_ptr<Backend> backend_;
};

TEST_F(OtherMachines, WithoutBatchCommandsEverythingStillWorks) {
  Map map = make("5.5");
  uint64_t done = 0;
  map.put(batch(map, 10), kAny, done);
  EXPECT_EQ(done, 10U);
  EXPECT_EQ(Scan(map, {}).engine(), Engine::walk);
  EXPECT_EQ(count(map, {}), 10U);
  const Erased erased = map.erase_all(keys(12));
  EXPECT_EQ(erased.deleted, 10U);
  EXPECT_EQ(erased.missing.size(), 2U);
}

TEST_F(OtherMachines, FromFiveSixAScanGoesByBatches) {
  Map map = make("5.6");
  uint64_t done = 0;
  map.put(batch(map, 10), kAny, done);
  EXPECT_EQ(Scan(map, {}).engine(), Engine::batch);
  EXPECT_EQ(count(map, {.take = true}), 10U);
  EXPECT_EQ(count(map, {}), 0U);
}

TEST_F(OtherMachines, TakingOneKeyIsUnsupportedBeforeFiveFourteen) {
  for (const char* version : {"4.19", "4.20", "5.13"}) {
    std::filesystem::remove_all(directory());
    Map map = make(version);
    const Buffer key = keys(1);
    Buffer found = row(map);
    map.update(key, found, kAny);
    EXPECT_EQ(problem_of([&] { map.take(key, found); }), Problem::unsupported) << version;
    EXPECT_TRUE(map.lookup(key, found)) << version;
  }
}

TEST_F(OtherMachines, FreezingIsUnsupportedBeforeFiveTwo) {
  Map map = make("5.1");
  EXPECT_EQ(problem_of([&] { map.freeze(); }), Problem::unsupported);
}

// EBUSY, which is no busy kernel then.
TEST_F(OtherMachines, ASecondFreezeIsFrozenOnEveryKernel) {
  for (const char* version : {"5.2", "6.4", "6.5", "7.2"}) {
    std::filesystem::remove_all(directory());
    Map map = make(version);
    map.freeze();
    EXPECT_EQ(problem_of([&] { map.freeze(); }), Problem::frozen) << version;
    EXPECT_EQ(problem_of([&] { map.update(keys(1), row(map), kAny); }), Problem::frozen) << version;
  }
}

TEST_F(OtherMachines, AValueThatNeverHasMemoryIsGivenUp) {
  init_machine(directory(), {*CpuList::parse("0"), *CpuList::parse("0"), {5, 14}, Caps::all});
  const auto backend = make_sim_backend(directory());
  MapSpec spec = small_spec();
  spec.value_size = 32769;
  spec.flags = kNoPrealloc;
  std::unique_ptr<RawMap> made;  // by somebody else: Map::create() refuses it
  ASSERT_EQ(0, code(backend->create(spec, made)));
  Map map = Map::open(*backend, {.number = 1, .text = {}}, 0);
  EXPECT_EQ(problem_of([&] { map.update(keys(1), row(map), kAny); }), Problem::no_memory);
}

TEST_F(OtherMachines, HolesAmongTheCpusAreNoMatterOnOtherKernels) {
  for (const char* version : {"5.10", "6.19", "7.2"}) {
    std::filesystem::remove_all(directory());
    Map map = make(version, "0,2,5");
    Buffer wanted(map.shape().row_size());
    for (size_t i = 0; i < wanted.size(); ++i) wanted[i] = static_cast<std::byte>(i);
    uint64_t done = 0;
    map.update(keys(1), wanted, kAny);
    map.put(batch(map, 3), kAny, done);
    map.update(keys(1), wanted, kExist);
    Buffer found(map.shape().row_size());
    EXPECT_TRUE(map.lookup(keys(1), found));
    EXPECT_EQ(found, wanted) << version;
  }
}

TEST_F(OtherMachines, HolesAmongTheCpusKeepFromWritingOnSevenZeroAndSevenOne) {
  for (const char* version : {"7.0", "7.1"}) {
    std::filesystem::remove_all(directory());
    Map map = make(version, "0,2,5");
    uint64_t done = 0;
    EXPECT_EQ(problem_of([&] { map.update(keys(1), row(map), kAny); }), Problem::unsupported);
    EXPECT_EQ(problem_of([&] { map.put(batch(map, 3), kAny, done); }), Problem::unsupported);
    EXPECT_EQ(done, 0U);
    EXPECT_EQ(count(map, {}), 0U);
  }
}

// The call that tells the kernels apart reads.
TEST_F(OtherMachines, HolesAmongTheCpusKeepFromWritingWhatMayNotBeRead) {
  for (const char* version : {"7.1", "7.2"}) {
    std::filesystem::remove_all(directory());
    Map map = make(version, "0,2,5", kWriteOnly);
    EXPECT_EQ(problem_of([&] { map.update(keys(1), row(map), kAny); }), Problem::not_permitted) << version;
    std::filesystem::remove_all(directory());
    Map whole = make(version, "0-2", kWriteOnly);
    EXPECT_EQ(problem_of([&] { whole.update(keys(1), row(whole), kAny); }), std::nullopt) << version;
  }
}

TEST_F(OtherMachines, WithoutHolesSevenOneIsWrittenTo) {
  Map map = make("7.1");
  uint64_t done = 0;
  map.put(batch(map, 10), kAny, done);
  EXPECT_EQ(count(map, {}), 10U);
}

}  // namespace
}  // namespace percpumap::test
