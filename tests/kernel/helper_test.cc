// `percpumap helper` on the real kernel, with bpftool as judge of what its programs did and left behind.
#include <algorithm>

#include "kernel/churn.h"
#include "kernel/kernel_fixture.h"
#include "support/host_kernel.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

class HelperTest : public KernelTest {
 protected:
  void SetUp() override {
    SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    out_of("percpumap create $PINS/t key 2 value 4 entries 100 name $NAME");
  }

  void fill(size_t count) const {
    write("entries", entry_lines(count, {2, 4}, possible_cpus()));
    out_of("percpumap -q import $PINS/t entries");
  }
  Rows judge() const { return rows_of_bpftool(json_of("bpftool -j map dump pinned $PINS/t")); }
  Json id(const std::string& map) const { return json_of("percpumap -j show " + map).at("id"); }
  // Programs of the whole machine that use the map.
  size_t programs(const Json& id) const {
    const Json all = json_of("bpftool -j prog show");
    return static_cast<size_t>(std::ranges::count_if(all, [&](const Json& program) {
      const Json maps = program.value("map_ids", Json::array());
      return std::ranges::find(maps, id) != maps.end();
    }));
  }
};

bool kernel_is(KernelVersion oldest) {
  return this_machine().kernel >= oldest;
}

TEST_F(HelperTest, UpdateChangesTheSlotOfItsCpuAndNoOther) {
  fill(20);
  const CpuList cpus = online_cpus();
  for (const uint32_t cpu : cpus.ids()) {
    Rows expected = judge();
    ASSERT_EQ(expected.count("0300"), 1U);
    expected["0300"][cpu] = "0a0b0c0d";
    out_of("percpumap helper $PINS/t --cpu " + std::to_string(cpu) + " update key 3 0 value hex 0a0b0c0d");
    EXPECT_EQ(judge(), expected) << "CPU " << cpu;
  }
}

TEST_F(HelperTest, DeleteRemovesTheEntry) {
  fill(20);
  Rows expected = judge();
  ASSERT_EQ(expected.erase("0300"), 1U);
  out_of("percpumap helper $PINS/t --cpu 0 delete key 3 0");
  EXPECT_EQ(judge(), expected);
}

TEST_F(HelperTest, LookupReadsWhatBpftoolReads) {
  fill(20);
  const Rows expected = judge();
  const CpuList cpus = online_cpus();
  for (const uint32_t cpu : cpus.ids()) {
    const Json entry =
        json_of("percpumap -j helper $PINS/t --cpu " + std::to_string(cpu) + " lookup key 3 0");
    EXPECT_EQ(rows_of(Json::array({entry})), (Rows{{"0300", {{cpu, expected.at("0300").at(cpu)}}}}));
  }
}

TEST_F(HelperTest, LookupPercpuReadsWhatBpftoolReadsAlsoOfOfflineCpus) {
  if (!kernel_is({5, 19})) GTEST_SKIP() << "bpf_map_lookup_percpu_elem() needs Linux 5.19";
  fill(20);
  const Rows expected = judge();
  const CpuList cpus = possible_cpus();
  for (const uint32_t cpu : cpus.ids()) {
    const Json entry =
        json_of("percpumap -j helper $PINS/t --cpu 0 lookup-percpu key 3 0 of " + std::to_string(cpu));
    EXPECT_EQ(rows_of(Json::array({entry})), (Rows{{"0300", {{cpu, expected.at("0300").at(cpu)}}}}));
  }
}

TEST_F(HelperTest, ForEachGoesInTheOrderOfBpftoolsWalk) {
  if (!kernel_is({5, 13})) GTEST_SKIP() << "bpf_for_each_map_elem() needs Linux 5.13";
  fill(100);
  const Json walk = json_of("percpumap -j helper $PINS/t --cpu 0 for-each");
  const Json expected = json_of("bpftool -j map dump pinned $PINS/t");
  ASSERT_EQ(walk.size(), expected.size());
  for (size_t i = 0; i < walk.size(); ++i) {
    const auto ours = rows_of(Json::array({walk[i]}));
    const auto theirs = rows_of_bpftool(Json::array({expected[i]}));
    ASSERT_EQ(ours.begin()->first, theirs.begin()->first) << "entry " << i;
    EXPECT_EQ(ours.begin()->second.at(0), theirs.begin()->second.at(0)) << "entry " << i;
  }
}

TEST_F(HelperTest, NoProgramIsLeftBehind) {
  fill(3);
  const Json map = id("$PINS/t");
  for (const std::string words :
       {"lookup key 1 0", "update key 1 0 value 1 2 3 4", "update key 1 0 value 1 2 3 4 noexist",
        "delete key 2 0", "for-each", "lookup-percpu key 1 0 of 0", "lookup key 9 9"}) {
    sh("percpumap helper $PINS/t --cpu 0 " + words);
    EXPECT_EQ(programs(map), 0U) << words;
  }
  out_of("percpumap create $PINS/other key 8 value 8 entries 8");
  const Json other = id("$PINS/other");
  const Churn churn(other.get<uint32_t>(), {.keys = 4, .burst = 4});
  EXPECT_EQ(programs(other), 2U) << "so programs would have been seen";
}

TEST_F(HelperTest, AnOrdinaryUserIsToldWhatHeLacks) {
  SKIP_UNLESS_EMPTY(missing_program({"setpriv"}));
  fill(3);
  out_of("cp bin/percpumap program && chmod 755 . program && chmod 666 $PINS/t");
  const Outcome outcome =
      sh("setpriv --reuid 65534 --regid 65534 --clear-groups ./program helper $PINS/t --cpu 0 update key 1 0 "
         "value "
         "9 9 9 9");
  EXPECT_EQ(outcome.status, 77) << outcome.err;
  EXPECT_NE(outcome.err.find("CAP_BPF"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace percpumap::test
