// zero loses no count: what it printed and what is left is what was counted, with a plain `+= 1`, on every
// CPU meanwhile. The last test shows what would happen otherwise.
//
// PERCPUMAP_ZERO_RUNS: how often the first test does it (20).
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "backend/syscall_backend.h"
#include "bpf/cpu_binding.h"
#include "kernel/counting.h"
#include "kernel/kernel_fixture.h"
#include "support/host_kernel.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

uint32_t runs() {
  const char* text = std::getenv("PERCPUMAP_ZERO_RUNS");
  return text == nullptr ? 20 : static_cast<uint32_t>(std::strtoul(text, nullptr, 10));
}

std::vector<uint32_t> ids_of(const CpuList& cpus) {
  return {cpus.ids().begin(), cpus.ids().end()};
}
std::vector<uint32_t> online() {
  return ids_of(online_cpus());
}
// Whose slots programs reach: offline CPUs' since Linux 5.19.
std::vector<uint32_t> reachable() {
  const bool all = this_machine().kernel >= KernelVersion{5, 19};
  return all ? ids_of(possible_cpus()) : online();
}

// The sum of all values in the lines that are whole: one that was cut is not delivered.
uint64_t sum_of_lines(const std::string& text) {
  std::istringstream lines(text.substr(0, text.rfind('\n') + 1));
  uint64_t sum = 0;
  for (std::string line; std::getline(lines, line);) {
    const Json entry = Json::parse(line);
    for (const Json& slot : entry.at("values")) sum += slot.at("value").get<uint64_t>();
  }
  return sum;
}

class ZeroTest : public KernelTest, public testing::WithParamInterface<Ground> {
 protected:
  Ground ground() const override { return GetParam(); }

  // $PINS/t with the keys 0 … count - 1, 1000 on every CPU that programs reach.
  void fill(uint32_t count) {
    std::string entries = "key,cpu,value\n";
    for (uint32_t key = 0; key < count; ++key) {
      for (const uint32_t cpu : reachable())
        entries += std::to_string(key) + "," + std::to_string(cpu) + ",1000\n";
    }
    write("entries", entries);
    out_of("mkdir -p rescue; percpumap -q create $PINS/t key u32 value u64 entries 20000");
    refill();
    filled_ = uint64_t{1000} * count * reachable().size();
  }
  void refill() const { out_of("percpumap -q import $PINS/t entries --missing-cpu zero"); }

  uint32_t id() const { return json_of("percpumap -j show $PINS/t").at("id").get<uint32_t>(); }
  uint64_t left() const { return sum_of_lines(out_of("percpumap -o ndjson dump $PINS/t")); }
  uint64_t rescued() const {
    return sum_of_lines(
        out_of("percpumap -q create $PINS/r key u32 value u64 entries 20000; cat rescue/* | "
               "percpumap -q import $PINS/r --raw && percpumap -o ndjson dump $PINS/r"));
  }
  // What a script with the function `zero` left in "zeroed"; its exit status is in "status".
  uint64_t zeroed_by(const std::string& script) const {
    sh("export TMPDIR=$TMP/rescue; : > zeroed\n"
       "zero() { percpumap zero $PINS/t -o ndjson \"$@\" 2> said; echo $? > status; }\n" +
       script);
    return sum_of_lines(read("zeroed"));
  }

  uint64_t filled_ = 0;
};

class ZeroWhileProgramsCount : public ZeroTest {};

TEST_P(ZeroWhileProgramsCount, LosesNothing) {
  fill(1);
  for (uint32_t run = 0; run < runs(); ++run) {
    const uint64_t before = left();
    Counting counting(id(), {.cpus = online()});
    const uint64_t zeroed =
        zeroed_by("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do zero >> zeroed; done");
    const uint64_t counted = counting.stop();
    EXPECT_GT(counted, 100000U);
    EXPECT_GT(zeroed, before);
    EXPECT_EQ(zeroed + left(), before + counted) << "run " << run;
  }
}

TEST_P(ZeroWhileProgramsCount, OfOneKeyLeavesTheOthersAlone) {
  fill(3);
  Counting counting(id(), {.cpus = online(), .keys = 3});
  const uint64_t zeroed = zeroed_by("for i in 1 2 3 4 5 6 7 8; do zero key 1 >> zeroed; done");
  const uint64_t counted = counting.stop();
  EXPECT_EQ(zeroed + left(), filled_ + counted);
  EXPECT_GT(zeroed, 1000 * reachable().size());
}

TEST_P(ZeroWhileProgramsCount, ToAFullDeviceLosesNothing) {
  fill(2000);
  Counting counting(id(), {.cpus = online(), .keys = 4});
  for (int i = 0; i < 5; ++i) {
    zeroed_by("zero > /dev/full");
    EXPECT_EQ(read("status"), "74\n") << read("said");
    EXPECT_NE(read("said").find(" entries got back"), std::string::npos) << read("said");
  }
  const uint64_t counted = counting.stop();
  EXPECT_EQ(left(), filled_ + counted);
}

TEST_P(ZeroWhileProgramsCount, IntoAPipeThatIsClosedLosesNothing) {
  fill(5000);
  uint64_t zeroed = 0;
  Counting counting(id(), {.cpus = online(), .keys = 4});
  for (int i = 0; i < 5; ++i) {
    // Not head(1), which may read more than it prints.
    zeroed += zeroed_by("zero | dd bs=1000 count=100 iflag=fullblock > zeroed 2> /dev/null");
    EXPECT_EQ(read("status"), "141\n") << read("said");
  }
  const uint64_t counted = counting.stop();
  EXPECT_GT(zeroed, 0U);
  EXPECT_EQ(zeroed + left(), filled_ + counted);
}

TEST_P(ZeroWhileProgramsCount, EndedByASignalLosesNothing) {
  fill(5000);
  Counting counting(id(), {.cpus = online(), .keys = 4});
  const uint64_t zeroed = zeroed_by(
      "mkfifo pipe; sh -c 'echo $$ > pid; exec percpumap -q zero $PINS/t -o ndjson' > pipe 2> said & "
      "exec 7< pipe; dd bs=1 count=1 <&7 > zeroed 2> /dev/null; kill -TERM $(cat pid); wait $!; "
      "echo $? > status; cat <&7 >> zeroed");
  const uint64_t counted = counting.stop();
  EXPECT_EQ(read("status"), "75\n") << read("said");
  EXPECT_GT(zeroed, 0U);
  EXPECT_EQ(zeroed + left(), filled_ + counted);
}

TEST_P(ZeroWhileProgramsCount, OfAnLruMapLosesNothing) {
  SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
  out_of("bpftool map create $PINS/t type lru_percpu_hash key 4 value 8 entries 64 name lru");
  out_of("percpumap update $PINS/t key 0 value 1000 --key-type u32 --value-type u64");
  Counting counting(id(), {.cpus = online()});
  const uint64_t zeroed = zeroed_by("for i in 1 2 3 4 5 6; do zero --value-type u64 >> zeroed; done");
  const uint64_t counted = counting.stop();
  const auto now = sum_of_lines(out_of("percpumap -o ndjson dump $PINS/t --value-type u64"));
  EXPECT_EQ(zeroed + now, 1000 * possible_cpus().size() + counted);
}

// A cpuset with CPU 0 alone; empty where none can be made.
constexpr const char* kMakeCpuset =
    "for root in /sys/fs/cgroup/cpuset /sys/fs/cgroup; do set=$root/$NAME; mkdir $set && echo 0 > "
    "$set/cpuset.cpus && "
    "echo 0 > $set/cpuset.mems && echo $set && exit; rmdir $set; done 2> /dev/null";

TEST_P(ZeroWhileProgramsCount, WhereThisProcessMayNotRunIsRefusedUnlessRacy) {
  if (online().size() < 2) GTEST_SKIP() << "needs two CPUs";
  fill(1);
  const std::string made = sh(kMakeCpuset).out;
  if (made.empty()) GTEST_SKIP() << "cannot make a cpuset (needs the cpuset controller)";
  const std::string cpuset = made.substr(0, made.find('\n'));
  const std::string in_cpuset =
      "sh -c 'echo $$ > " + cpuset + "/cgroup.procs; exec percpumap -q zero $PINS/t -j ";
  const Outcome refused = sh(in_cpuset + "'");
  EXPECT_EQ(refused.status, 77);
  EXPECT_NE(refused.err.find("may not run on CPU " + std::to_string(online().at(1))), std::string::npos)
      << refused.err;
  EXPECT_NE(refused.err.find("--racy"), std::string::npos) << refused.err;
  EXPECT_EQ(left(), filled_);
  const Outcome racy = sh(in_cpuset + "--racy'");
  EXPECT_EQ(racy.status, 0) << racy.err;
  EXPECT_EQ(left(), 0U);
  sh("rmdir " + cpuset);
}

INSTANTIATE_TEST_SUITE_P(Grounds, ZeroWhileProgramsCount, testing::Values(Ground::kernel),
                         [](const auto& row) { return std::string(ground_name(row.param)); });

// Several processes add and zero at the same time.
TEST_P(ZeroTest, WhileOthersAddLosesNothing) {
  fill(2);
  const uint64_t zeroed = zeroed_by(
      "add() { for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do "
      "percpumap add $PINS/t key $1 cpu online value 1 || echo failed; done; }\n"
      "add 0 > added0 & add 1 > added1 & add 0 > added2 &\n"
      "for i in 1 2 3 4 5 6 7 8 9 10; do zero >> zeroed; done; wait");
  EXPECT_EQ(read("added0") + read("added1") + read("added2"), "");
  EXPECT_EQ(zeroed + left(), filled_ + 60 * online().size());
}

TEST_P(ZeroTest, TwoAtATimePrintEachCountOnce) {
  fill(5000);
  const uint64_t zeroed = zeroed_by(
      "percpumap -q zero $PINS/t -o ndjson > a & percpumap -q zero $PINS/t -o ndjson > b & wait; "
      "cat a b > zeroed");
  EXPECT_EQ(zeroed, filled_);
  EXPECT_EQ(left(), 0U);
}

// A table of what is taken leaves no CPU out, while that of a plain dump folds those that are offline.
TEST_P(ZeroTest, PrintsWhatADumpPrints) {
  fill(2000);
  for (const std::string format : {"table", "json", "pretty", "ndjson", "csv", "bpftool", "bpftool-json"}) {
    const std::string cpus = format == "table" ? " --cpu all" : "";
    const std::string dump = out_of("percpumap dump $PINS/t -o " + format + cpus);
    EXPECT_TRUE(out_of("percpumap -q zero $PINS/t -o " + format) == dump) << format;
    EXPECT_EQ(left(), 0U);
    refill();
  }
}

TEST_P(ZeroTest, WhatCannotGoBackIsRescued) {
  fill(5000);
  const uint64_t zeroed = zeroed_by(
      "mkfifo pipe; { percpumap -q zero $PINS/t -o ndjson > pipe 2> said; echo $? > status; } & "
      "exec 7< pipe; sleep 0.5; percpumap -q clear $PINS/t; exec 7<&-; wait");
  EXPECT_EQ(read("status"), "141\n") << read("said");
  EXPECT_EQ(zeroed, 0U);
  EXPECT_NE(read("said").find("could not get back"), std::string::npos) << read("said");
  EXPECT_GT(rescued(), 0U);
  EXPECT_EQ(left(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Grounds, ZeroTest, testing::Values(Ground::kernel, Ground::sim),
                         [](const auto& row) { return std::string(ground_name(row.param)); });

class ExchangeTest : public KernelTest {
 protected:
  // Exchanges a counter for 0 again and again while a program counts on the last CPU; returns how many counts
  // were lost or, below 0, came twice.
  int64_t lost(bool by_interrupt) {
    const std::vector<uint32_t> cpus = online();
    out_of("percpumap -q create $PINS/t key u32 value u64 entries 1; percpumap update $PINS/t key 0 value 0");
    const auto id = json_of("percpumap -j show $PINS/t").at("id").get<uint32_t>();
    const auto backend = make_syscall_backend();
    std::unique_ptr<RawMap> map;
    EXPECT_FALSE(backend->open_id(id, 0, map));
    CpuBinding elsewhere;
    if (by_interrupt) {
      EXPECT_FALSE(elsewhere.bind(cpus.front()));
    }
    Counting counting(id, {.cpus = {cpus.back()}});
    uint64_t exchanged = 0;
    for (int i = 0; i < 20000; ++i) exchanged += exchange(*map, cpus.back(), by_interrupt);
    const uint64_t counted = counting.stop();
    exchanged += exchange(*map, cpus.back(), by_interrupt);
    out_of("percpumap unpin $PINS/t 2> /dev/null");
    return static_cast<int64_t>(counted - exchanged);
  }

 private:
  static uint64_t exchange(RawMap& map, uint32_t cpu, bool by_interrupt) {
    const uint32_t key = 0;
    uint64_t value = 0;
    ProgramCall call{.program = Program::exchange,
                     .keys = std::as_bytes(std::span(&key, 1)),
                     .values = std::as_bytes(std::span(&value, 1)),
                     .by_interrupt = by_interrupt};
    EXPECT_FALSE(map.run_program(cpu, call));
    std::memcpy(&value, call.values_read.data(), sizeof value);
    return value;
  }
};

TEST_F(ExchangeTest, InAThreadThatGoesThereLosesNothing) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lost(false), 0);
}

// Why the thread goes there.
TEST_F(ExchangeTest, ByAnInterruptLosesCounts) {
  if (online().size() < 2) GTEST_SKIP() << "needs two CPUs";
  int64_t wrong = 0;
  for (int i = 0; i < 50 && wrong == 0; ++i) wrong = lost(true);
  EXPECT_NE(wrong, 0);
}

}  // namespace
}  // namespace percpumap::test
