// Reading one CPU: by BPF_F_CPU where the kernel has it, by picking the slot elsewhere, and the same text.
#include <algorithm>
#include <array>

#include "contract/booted_machine.h"
#include "dump/captured.h"
#include "dump/dump.h"
#include "map/stages.h"

namespace percpumap::test {
namespace {

// Enough for several ranges.
constexpr uint32_t kEntries = 3000;
constexpr uint32_t kCpu = 2;

class OneCpu : public BootedMachine {
 protected:
  // A map of keys 0 … kEntries - 1 on a machine of its own; every byte of a value depends on its place.
  Map make_map(const std::string& version, uint32_t value_size, uint32_t flags,
               const std::string& cpus = kFourCpus) {
    backends_.push_back(boot(version, Caps::all, cpus));
    Map map = Map::create(*backends_.back(), sized(4, value_size, kEntries, kZeroSeed | flags));
    const Shape& shape = map.shape();
    Batch batch;
    batch.count = kEntries;
    batch.rows.resize(kEntries * shape.row_size());
    for (uint32_t key = 0; key < kEntries; ++key) {
      const Bytes bytes = bytes_of(key);
      batch.keys.insert(batch.keys.end(), bytes.begin(), bytes.end());
    }
    for (size_t at = 0; at < batch.rows.size(); ++at)
      batch.rows[at] = static_cast<std::byte>(at * 31 + at / 256);
    EXPECT_FALSE(write(map, batch));
    return map;
  }
  // The map of the last make_map(), for reading: as a command opens it that wants one CPU, and the usual way.
  Map reopen(const Map& map, uint32_t cpu = kCpu) {
    return Map::open_one_cpu(*backends_.back(), {MapRef::Kind::id, map.info().id, {}}, cpu);
  }
  Map reopen_whole(const Map& map) {
    return Map::open(*backends_.back(), {MapRef::Kind::id, map.info().id, {}}, kReadOnly);
  }

  static std::string text_of(Map& map, DumpOptions options) {
    Table table;
    table.key = Layout::integer(4, false);
    table.value = Layout::bytes(map.shape().value_size);
    table.shape = map.shape();
    table.shape.cpus = CpuList({kCpu});
    if (map.shape().cpus != table.shape.cpus)
      options.stage = [&](Batch& batch) { choose_cpus(map.shape(), table.shape.cpus, batch); };
    Captured captured(Format::ndjson, table);
    Dump dump(map, captured.printer(), captured.document(), std::move(options));
    dump.run();
    EXPECT_TRUE(dump.stats().complete);
    return captured.text();
  }

 private:
  static std::error_code write(Map& map, Batch& batch) {
    BatchCall call;
    call.keys = batch.keys.data();
    call.rows = batch.rows.data();
    call.count = kEntries;
    return map.raw().batch(BatchCommand::update, call);
  }

  std::vector<std::unique_ptr<Backend>> backends_;
};

TEST_F(OneCpu, TextIsTheSameWhateverTheKernelTheEngineAndTheReaders) {
  for (const uint32_t flags : {0U, uint32_t{kNoPrealloc}}) {
    for (uint32_t size = 1; size <= 17; ++size) {
      Map all = make_map("6.18", size, flags);
      const std::string expected = text_of(all, {.jobs = 1});
      for (const char* version : {"6.18", "7.0", "7.2"}) {
        const Map made = make_map(version, size, flags);
        Map map = reopen(made);
        EXPECT_EQ(map.shape().cpus.size(), std::string_view(version) < "7" ? 4U : 1U) << version;
        for (const unsigned jobs : {1U, 2U})
          EXPECT_TRUE(text_of(map, {.jobs = jobs}) == expected)
              << version << ": " << size << " bytes, " << jobs;
        EXPECT_TRUE(text_of(map, {.engine = Engine::walk}) == expected)
            << version << ": " << size << " bytes, walk";
      }
    }
  }
}

TEST_F(OneCpu, OfManyCpusFewerBytesAreReadByTheFlag) {
  std::array<uint64_t, 2> calls{};
  for (const bool flag : {false, true}) {
    const Map made = make_map(flag ? "7.0" : "6.18", 64, 0, "0-63");
    Map map = reopen(made);
    EXPECT_EQ(map.shape().row_size(), flag ? 64U : 64U * 64U);
    Scan scan(map, {});
    Batch batch;
    while (scan.next(batch)) {
    }
    EXPECT_EQ(scan.stats().rows, kEntries);
    calls.at(flag ? 1 : 0) = scan.stats().syscalls;
  }
  EXPECT_GT(calls[0], 20 * calls[1]) << "each call reads about as many bytes";
}

TEST_F(OneCpu, ALookupFindsThatSlotOrNoKey) {
  for (const char* version : {"6.18", "7.1", "7.2"}) {
    const Map made = make_map(version, 5, 0);
    Map all = reopen_whole(made);
    Map one = reopen(made);
    const uint32_t key = 7;
    const uint32_t missing = kEntries;
    Buffer row(all.shape().row_size());
    Buffer slot(one.shape().row_size());
    ASSERT_TRUE(all.lookup(bytes_of(key), row));
    ASSERT_TRUE(one.lookup(bytes_of(key), slot));
    const size_t at = one.shape().cpus.size() == 1 ? 0 : kCpu;
    EXPECT_TRUE(std::ranges::equal(Bytes(slot).subspan(at * 8, 5), Bytes(row).subspan(kCpu * size_t{8}, 5)))
        << version;
    EXPECT_FALSE(one.lookup(bytes_of(missing), slot));
  }
}

// 7.0 and 7.1 take CPUs by their numbers up to how many there are, whichever these are.
TEST_F(OneCpu, WherePossibleCpusHaveHolesTheFlagIsUsedAsFarAsItGoes) {
  const Map made = make_map("7.1", 8, 0, "0,2");
  EXPECT_EQ(reopen(made, 0).shape().cpus, CpuList({0}));
  Map all = reopen(made, 2);
  EXPECT_EQ(all.shape().cpus, CpuList({0, 2}));
  EXPECT_TRUE(text_of(all, {}) == text_of(all, {.engine = Engine::walk}));
}

TEST_F(OneCpu, From72OnTheFlagReachesCpusBehindAHole) {
  const Map made = make_map("7.2", 8, 0, "0,2");
  Map one = reopen(made, 2);
  EXPECT_EQ(one.shape().cpus, CpuList({2}));
  EXPECT_TRUE(text_of(one, {}) == text_of(one, {.engine = Engine::walk}));
}

}  // namespace
}  // namespace percpumap::test
