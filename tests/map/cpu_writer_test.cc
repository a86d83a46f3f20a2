// Some CPUs' values, on every backend and on machines that this host is not.
#include "map/cpu_writer.h"

#include <cerrno>

#include "contract/sim_directory.h"
#include "map/map_fixture.h"
#include "sim/machine_admin.h"
#include "sim/sim_backend.h"

namespace percpumap::test {
namespace {

class CpuWriting : public MapTest {
 protected:
  CpuList first() { return CpuList({faulty().possible_cpus().ids().front()}); }
  // One entry with `value` in every slot.
  static Batch entry(const Map& map, uint32_t number, uint64_t value) {
    Batch one;
    one.keys = key(number);
    one.rows = row(map, value);
    one.count = 1;
    return one;
  }
  static void put(CpuWriter& writer, const Batch& batch, uint64_t flags = kAny) {
    uint64_t done = 0;
    writer.put(batch, flags, done);
    EXPECT_EQ(batch.count, done);
  }
  static Buffer found(Map& map, uint32_t number) {
    Buffer bytes(map.shape().row_size());
    EXPECT_TRUE(map.lookup(key(number), bytes));
    return bytes;
  }
  // `value` in the first slot, `others` in the rest.
  static Buffer mixed(const Map& map, uint64_t value, uint64_t others) {
    Buffer bytes = row(map, others);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
  }
  // Maps on which the method, without BPF_F_CPU, is a program, and read-modify-write: programs may not write
  // the second.
  Map map_for(CpuMethod method) {
    MapSpec spec = small_spec();
    if (method == CpuMethod::racy) spec.flags |= kReadOnlyProg;
    return make(spec);
  }
};

PERCPUMAP_FOR_EVERY_BACKEND(CpuWriting);

constexpr auto kMethods = {CpuMethod::on_cpu_program, CpuMethod::racy};

TEST_P(CpuWriting, KeepsTheOtherCpus) {
  for (const CpuMethod method : kMethods) {
    Map map = map_for(method);
    map.update(key(1), row(map, 5), kAny);
    CpuWriter writer(faulty(), map, first(), Racy::allowed);
    EXPECT_EQ(rules().has_cpu_flags() ? CpuMethod::cpu_flag : method, writer.method());
    put(writer, entry(map, 1, 9));
    EXPECT_EQ(mixed(map, 9, 5), found(map, 1));
  }
}

TEST_P(CpuWriting, ANewKeyIsZeroElsewhere) {
  for (const CpuMethod method : kMethods) {
    Map map = map_for(method);
    CpuWriter writer(faulty(), map, first(), Racy::allowed);
    map.update(key(2), row(map, UINT64_MAX), kAny);
    map.erase(key(2));
    put(writer, entry(map, 1, 9));
    EXPECT_EQ(mixed(map, 9, 0), found(map, 1));
  }
}

TEST_P(CpuWriting, FlagsAreKept) {
  for (const CpuMethod method : kMethods) {
    Map map = map_for(method);
    CpuWriter writer(faulty(), map, first(), Racy::allowed);
    EXPECT_EQ(Problem::not_found, problem_of([&] { put(writer, entry(map, 1, 9), kExist); }));
    put(writer, entry(map, 1, 9), kNoExist);
    EXPECT_EQ(Problem::exists, problem_of([&] { put(writer, entry(map, 1, 8), kNoExist); }));
    EXPECT_EQ(mixed(map, 9, 0), found(map, 1));
    put(writer, entry(map, 1, 7), kExist);
    EXPECT_EQ(mixed(map, 7, 0), found(map, 1));
  }
}

TEST_P(CpuWriting, EveryCpuCanBeOneOfThem) {
  Map map = make();
  if (!reaches_all_cpus()) {
    EXPECT_EQ(Problem::unsupported,
              problem_of([&] { CpuWriter(faulty(), map, faulty().possible_cpus(), Racy::refused); }));
    return;
  }
  CpuWriter writer(faulty(), map, faulty().possible_cpus(), Racy::refused);
  map.update(key(1), row(map, 5), kAny);
  put(writer, entry(map, 1, 9));
  EXPECT_EQ(row(map, 9), found(map, 1));
}

TEST_P(CpuWriting, StartsAgainWhenTheKeyGoesMeanwhile) {
  Map map = map_for(CpuMethod::racy);
  map.update(key(1), row(map, 5), kAny);
  CpuWriter writer(faulty(), map, first(), Racy::allowed);
  faults().before(Call::update, faults().calls(Call::update) + 1, [&] { map.erase(key(1)); });
  put(writer, entry(map, 1, 9));
  EXPECT_EQ(mixed(map, 9, 0), found(map, 1));
}

TEST_P(CpuWriting, StartsAgainWhenTheKeyComesMeanwhile) {
  for (const CpuMethod method : kMethods) {
    Map map = map_for(method);
    CpuWriter writer(faulty(), map, first(), Racy::allowed);
    faults().before(Call::update, faults().calls(Call::update) + 1,
                    [&] { map.update(key(1), row(map, 5), kNoExist); });
    put(writer, entry(map, 1, 9));
    EXPECT_EQ(mixed(map, 9, 5), found(map, 1));
  }
}

TEST_P(CpuWriting, ManyEntriesNewAndOld) {
  MapSpec spec = small_spec();
  spec.max_entries = 3000;
  Map map = make(spec);
  fill(map, 1500);
  CpuWriter writer(faulty(), map, first(), Racy::refused);
  Batch wanted = batch(map, 3000);
  for (size_t at = 0; at < wanted.rows.size(); at += 8) wanted.rows[at + 7] = std::byte{1};
  put(writer, wanted);
  for (const uint32_t number : {0U, 1499U, 1500U, 2999U}) {
    const uint64_t written = number | uint64_t{1} << 56;
    EXPECT_EQ(mixed(map, written, number < 1500 ? number : 0), found(map, number)) << number;
  }
}

TEST_P(CpuWriting, AFullMapSaysHowFarItCame) {
  Map map = make();
  fill(map, 15);
  CpuWriter writer(faulty(), map, first(), Racy::refused);
  uint64_t done = 0;
  EXPECT_EQ(Problem::full, problem_of([&] { writer.put(batch(map, 20), kAny, done); }));
  EXPECT_EQ(16U, done);
}

TEST_P(CpuWriting, AFrozenMapIsLeftAlone) {
  Map map = make();
  map.update(key(1), row(map, 5), kAny);
  map.freeze();
  EXPECT_EQ(Problem::frozen, problem_of([&] { CpuWriter(faulty(), map, first(), Racy::allowed); }));
  EXPECT_EQ(row(map, 5), found(map, 1));
}

// A program would not ask.
TEST_P(CpuWriting, ADescriptorThatOnlyReadsIsNotWrittenThrough) {
  Map map = make();
  map.update(key(1), row(map, 5), kAny);
  Map reading = Map::open(faulty(), {.number = map.info().id, .text = {}}, kReadOnly);
  EXPECT_EQ(Problem::not_permitted,
            problem_of([&] { CpuWriter(faulty(), reading, first(), Racy::allowed); }));
  EXPECT_EQ(Problem::not_permitted, problem_of([&] { reading.demand_writable("add"); }));
  map.demand_writable("add");
  EXPECT_EQ(row(map, 5), found(map, 1));
}

TEST_P(CpuWriting, WhatProgramsMayNotWriteNeedsRacyOrTheFlag) {
  Map map = map_for(CpuMethod::racy);
  if (rules().has_cpu_flags()) {
    EXPECT_EQ(CpuMethod::cpu_flag, CpuWriter(faulty(), map, first(), Racy::refused).method());
    return;
  }
  try {
    const CpuWriter writer(faulty(), map, first(), Racy::refused);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(Problem::not_permitted, error.problem());
    EXPECT_NE(std::string::npos, std::string(error.what()).find("rdonly_prog"));
    EXPECT_NE(std::string::npos, error.hint.find("--racy"));
  }
}

// CPUs 0 to 3, of which 2 and 3 are offline.
class CpuWritingElsewhere : public SimDirectoryTest {
 protected:
  Map boot(KernelVersion version, Caps caps = Caps::all, const char* possible = "0-3") {
    std::filesystem::remove_all(directory());
    init_machine(directory(), {*CpuList::parse(possible), *CpuList::parse("0-1"), version, caps});
    backend_ = make_sim_backend(directory());
    MapSpec spec = small_spec();
    spec.max_entries = 1;
    return Map::create(*backend_, spec);
  }
  static Buffer row(std::initializer_list<uint64_t> values) {
    Buffer bytes;
    for (const uint64_t value : values) {
      const Bytes part = bytes_of(value);
      bytes.insert(bytes.end(), part.begin(), part.end());
    }
    return bytes;
  }
  // 9 to the slots of `cpus` of the key.
  CpuMethod write(Map& map, const char* cpus, uint64_t flags = kAny, Racy racy = Racy::refused) {
    CpuWriter writer(*backend_, map, *CpuList::parse(cpus), racy);
    Batch batch;
    batch.keys.assign(bytes_of(kKey).begin(), bytes_of(kKey).end());
    batch.rows = row({9, 9, 9, 9});
    batch.count = 1;
    uint64_t done = 0;
    writer.put(batch, flags, done);
    return writer.method();
  }
  static Buffer found(Map& map) {
    Buffer bytes(map.shape().row_size());
    EXPECT_TRUE(map.lookup(bytes_of(kKey), bytes));
    return bytes;
  }
  static constexpr uint32_t kKey = 1;

 private:
  std::unique_ptr<Backend> backend_;
};

TEST_F(CpuWritingElsewhere, FromSevenOnTheFlagIsTaken) {
  for (const KernelVersion version : {KernelVersion{7, 0}, KernelVersion{7, 1}, KernelVersion{7, 2}}) {
    Map map = boot(version);
    map.update(bytes_of(kKey), row({1, 2, 3, 4}), kAny);
    EXPECT_EQ(CpuMethod::cpu_flag, write(map, "1,3"));
    EXPECT_EQ(row({1, 9, 3, 9}), found(map));
  }
  Map map = boot({6, 19});
  EXPECT_EQ(CpuMethod::on_cpu_program, write(map, "1,3"));
}

// What an earlier entry left in this memory is not to be seen.
TEST_F(CpuWritingElsewhere, TheFlagsTrapsAreSteppedAround) {
  const uint32_t earlier = 2;
  Map map = boot({7, 1});
  map.update(bytes_of(earlier), row({7, 7, 7, 7}), kAny);
  map.erase(bytes_of(earlier));
  EXPECT_EQ(Problem::not_found, problem_of([&] { write(map, "1", kExist); }));
  EXPECT_EQ(CpuMethod::cpu_flag, write(map, "1"));
  EXPECT_EQ(row({0, 9, 0, 0}), found(map)) << "7.1 leaves 7 there";
  EXPECT_EQ(Problem::exists, problem_of([&] { write(map, "2", kNoExist); }));
  EXPECT_EQ(row({0, 9, 0, 0}), found(map)) << "7.1 takes the flags together for any";
}

// 7.1 compares the number with how many CPUs there are.
TEST_F(CpuWritingElsewhere, ACpuThatTheFlagDoesNotReachIsReachedByAProgram) {
  Map map = boot({7, 1}, Caps::all, "0-1,8-9");
  const Buffer one = row({1});
  ProgramCall insert{.program = Program::update, .keys = bytes_of(kKey), .values = one};
  EXPECT_FALSE(map.raw().run_program(0, insert));
  EXPECT_EQ(CpuMethod::on_cpu_program, write(map, "1,8"));
  EXPECT_EQ(row({1, 9, 9, 0}), found(map));
}

TEST_F(CpuWritingElsewhere, FromSevenTwoOnTheFlagReachesCpusBehindAHole) {
  Map map = boot({7, 2}, Caps::all, "0-1,8-9");
  map.update(bytes_of(kKey), row({1, 2, 3, 4}), kAny);
  EXPECT_EQ(CpuMethod::cpu_flag, write(map, "1,8"));
  EXPECT_EQ(row({1, 9, 9, 4}), found(map));
}

TEST_F(CpuWritingElsewhere, AnOfflineCpuIsReachedFromFiveNineteenOn) {
  Map map = boot({5, 19});
  map.update(bytes_of(kKey), row({1, 2, 3, 4}), kAny);
  EXPECT_EQ(CpuMethod::on_cpu_program, write(map, "1-2"));
  EXPECT_EQ(row({1, 9, 9, 4}), found(map));
  Map older = boot({5, 18});
  EXPECT_EQ(Problem::unsupported, problem_of([&] { write(older, "1-2"); }));
  EXPECT_EQ(CpuMethod::on_cpu_program, write(older, "1"));
  EXPECT_EQ(CpuMethod::racy, write(older, "1-2", kAny, Racy::allowed));
  EXPECT_EQ(row({0, 9, 9, 0}), found(older));
}

TEST_F(CpuWritingElsewhere, WithoutProgramsOnlyTheRacyWayIsLeft) {
  for (const KernelVersion version : {KernelVersion{5, 0}, KernelVersion{5, 4}}) {
    Map map = boot(version);
    EXPECT_EQ(Problem::unsupported, problem_of([&] { write(map, "1"); }));
    EXPECT_EQ(CpuMethod::racy, write(map, "1", kAny, Racy::allowed));
    EXPECT_EQ(row({0, 9, 0, 0}), found(map));
  }
  Map map = boot({5, 5});
  EXPECT_EQ(CpuMethod::on_cpu_program, write(map, "1"));
}

}  // namespace
}  // namespace percpumap::test
