// `update … cpu`, `import --cpu` and `add` while programs of the real kernel count in the same entry.
//
// PERCPUMAP_ONE_CPU_RUNS: how often the first test does it (20).
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "backend/syscall_backend.h"
#include "kernel/counting.h"
#include "kernel/kernel_fixture.h"
#include "map/counter.h"
#include "support/backend_fixture.h"
#include "support/host_kernel.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

constexpr uint64_t kCounts = 3'000'000;

int runs() {
  const char* text = std::getenv("PERCPUMAP_ONE_CPU_RUNS");
  return text == nullptr ? 20 : std::atoi(text);
}

class OneCpu : public KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    if (!online_cpus().contains(0) || !online_cpus().contains(1)) GTEST_SKIP() << "needs CPUs 0 and 1 online";
    out_of("percpumap create $PINS/t key u32 value u64 entries 16; percpumap update $PINS/t key 0 value 0");
    id_ = json_of("percpumap -j show $PINS/t").at("id");
  }

  uint32_t id() const { return id_; }
  uint64_t counted_on(uint32_t cpu) const {
    const Json entry = json_of("percpumap -j lookup $PINS/t key 0 --cpu " + std::to_string(cpu));
    return entry.at("values").at(0).at("value");
  }
  // What CPU 0 has when a program counted there to kCounts and `script` ran again and again meanwhile.
  uint64_t count_beside(const std::string& script) const {
    out_of("percpumap update $PINS/t key 0 value 0");
    Counting counting(id(), {.cpus = {0}, .counts = kCounts});
    int times = 0;
    for (; !counting.done(); ++times) out_of(script);
    EXPECT_GT(times, 0);
    return counted_on(0);
  }
  size_t programs() const { return json_of("bpftool -j prog show").size(); }

 private:
  uint32_t id_ = 0;
};

TEST_F(OneCpu, UpdateLosesNothingOfAnotherCpu) {
  for (int run = 0; run < runs(); ++run) {
    ASSERT_EQ(kCounts, count_beside("percpumap update $PINS/t key 0 cpu 1 value 7")) << "run " << run;
    ASSERT_EQ(7U, counted_on(1));
  }
}

TEST_F(OneCpu, ImportLosesNothingOfAnotherCpu) {
  write("entry", R"({"key":0,"values":[{"cpu":1,"value":7}]})");
  EXPECT_EQ(kCounts, count_beside("percpumap -q import $PINS/t entry --cpu 1"));
}

// What the others are better than: a user without the right to run programs, and --racy.
TEST_F(OneCpu, TheRacyWayLosesCounts) {
  const KernelVersion kernel = this_machine().kernel;
  if (kernel < KernelVersion{5, 19})
    GTEST_SKIP() << "before Linux 5.19 a user without capabilities may read no map";
  if (kernel >= KernelVersion{7, 0}) GTEST_SKIP() << "from Linux 7.0 on such a user needs no racy way";
  SKIP_UNLESS_EMPTY(missing_program({"setpriv"}));
  out_of("cp bin/percpumap program; chmod 755 . program; chmod 666 $PINS/t; chmod 755 $PINS");
  const std::string racy =
      "setpriv --reuid 65534 --regid 65534 --clear-groups ./program -j update $PINS/t key 0 cpu 1 value 7 "
      "--racy "
      "--key-type u32 --value-type u64 | grep -q racy";
  bool lost = false;
  for (int run = 0; run < runs() && !lost; ++run) lost = count_beside(racy) != kCounts;
  EXPECT_TRUE(lost);
}

// In a child: one process that adds 1 so many times. Returns its exit status.
int add_ones(uint32_t map_id, uint64_t times) {
  try {
    const auto backend = make_syscall_backend();
    MapRef ref;
    ref.kind = MapRef::Kind::id;
    ref.number = map_id;
    Map map = Map::open(*backend, ref, 0);
    const uint64_t one = 1;
    const uint32_t key = 0;
    const Delta delta{{bytes_of(one).begin(), bytes_of(one).end()}, {{0, sizeof one}}};
    CpuPrograms programs(*backend, map, "add", Racy::refused);
    for (uint64_t i = 0; i < times; ++i) add_to_entry(programs, bytes_of(key), delta, CpuList({1}));
    return 0;
  } catch (const std::exception&) {
    return 1;
  }
}

TEST_F(OneCpu, AddsOfFourProcessesBesideAProgramAddUp) {
  constexpr uint64_t kProcesses = 4;
  constexpr uint64_t kTimes = 10'000;
  std::vector<pid_t> children;
  for (uint64_t i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(add_ones(id(), kTimes));
    children.push_back(child);
  }
  Counting counting(id(), {.cpus = {1}});
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(child, waitpid(child, &status, 0));
    EXPECT_EQ(0, status);
  }
  const uint64_t counted = counting.stop();
  EXPECT_GT(counted, 0U);
  EXPECT_EQ(counted + kProcesses * kTimes, counted_on(1));
}

TEST_F(OneCpu, AddByTheCommandAddsUp) {
  Counting counting(id(), {.cpus = {0, 1}});
  out_of(
      "for i in 1 2 3 4; do (for j in $(seq 50); do percpumap add $PINS/t key 0 cpu 1 value 3; done) & done; "
      "wait");
  const uint64_t counted = counting.stop();
  EXPECT_EQ(counted + uint64_t{4} * 50 * 3, counted_on(0) + counted_on(1));
}

// As in a container whose /sys shows other CPUs than there are: adding from elsewhere would lose counts.
TEST_F(OneCpu, AFileThatLeavesTheCpuOutDoesNotMakeItOffline) {
  write("online", "0\n");
  Counting counting(id(), {.cpus = {1}});
  out_of(
      "unshare -m sh -c 'mount --bind $TMP/online /sys/devices/system/cpu/online; for i in $(seq 200); do "
      "percpumap add $PINS/t key 0 cpu 1 value 3 || exit; done'");
  const uint64_t counted = counting.stop();
  EXPECT_EQ(counted + uint64_t{200} * 3, counted_on(1));
}

TEST_F(OneCpu, TenThousandEntriesLoadOneProgram) {
  SKIP_UNLESS_EMPTY(missing_program({"strace"}));
  out_of("percpumap create $PINS/many key u32 value u64 entries 10000");
  std::string lines;
  for (int i = 0; i < 10'000; ++i) {
    lines +=
        "{\"key\":" + std::to_string(i) + R"(,"values":[{"cpu":1,"value":)" + std::to_string(i) + "}]}\n";
  }
  write("entries", lines);
  out_of("percpumap -q import $PINS/many entries --cpu 1");
  out_of("strace -f -e trace=bpf -o calls percpumap -q import $PINS/many entries --cpu 1");
  EXPECT_EQ("1\n", out_of("grep -c BPF_PROG_LOAD calls"));
  EXPECT_EQ("10000\n",
            out_of("percpumap dump $PINS/many --cpu 1 -o csv | awk -F'[,\\r]' '$1 == $3' | wc -l"));
}

// The verifier gives up with EAGAIN while a signal is pending.
TEST_F(OneCpu, StoppedAndContinuedItLoadsAllTheSame) {
  out_of(
      "for i in $(seq 50); do percpumap add $PINS/t key 0 cpu 0 value 1 & "
      "kill -STOP $! 2> /dev/null; kill -CONT $! 2> /dev/null; wait $! || exit 1; done");
  EXPECT_EQ(50U, counted_on(0));
}

TEST_F(OneCpu, NoProgramIsLeft) {
  SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
  const size_t before = programs();
  out_of("percpumap update $PINS/t key 0 cpu 1 value 7; percpumap add $PINS/t key 0 cpu online value 1");
  EXPECT_EQ(before, programs());
}

// A cpuset that leaves CPU 1 out.
class Confined : public OneCpu {
 protected:
  void SetUp() override {
    OneCpu::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    std::error_code error;
    group_ = "/sys/fs/cgroup/cpuset/percpumap-test-" + std::to_string(getpid());
    if (!std::filesystem::create_directory(group_, error)) {
      group_.clear();
      SKIP_UNLESS_EMPTY("no cgroup can be made below /sys/fs/cgroup/cpuset: " + error.message());
    }
    out_of("echo 0 > " + group_ + "/cpuset.cpus; echo 0 > " + group_ + "/cpuset.mems");
  }
  void TearDown() override {
    if (!group_.empty()) std::filesystem::remove(group_);
    OneCpu::TearDown();
  }
  Outcome confined(const std::string& command) const {
    return sh("echo $$ > " + group_ + "/tasks && exec " + command);
  }

 private:
  std::string group_;
};

TEST_F(Confined, ACpuOutOfReachIsSaidAndNothingIsDone) {
  for (const char* command :
       {"percpumap add $PINS/t key 0 cpu 1 value 5", "percpumap update $PINS/t key 0 cpu 1 value 5"}) {
    const Outcome outcome = confined(command);
    EXPECT_EQ(77, outcome.status) << command;
    EXPECT_NE(std::string::npos, outcome.err.find("may not run on CPU 1")) << outcome.err;
    EXPECT_NE(std::string::npos, outcome.err.find("--racy")) << outcome.err;
    EXPECT_EQ(0U, counted_on(1));
  }
}

TEST_F(Confined, RacyGoesThereByAnInterrupt) {
  EXPECT_EQ(0, confined("percpumap add $PINS/t key 0 cpu 1 value 5 --racy").status);
  EXPECT_EQ(5U, counted_on(1));
  const Outcome outcome = confined("percpumap -v update $PINS/t key 0 cpu 1 value 7 --racy");
  EXPECT_EQ(0, outcome.status);
  EXPECT_NE(std::string::npos, outcome.err.find("by an interrupt")) << outcome.err;
  EXPECT_EQ(7U, counted_on(1));
  EXPECT_EQ(0U, counted_on(0));
}

}  // namespace
}  // namespace percpumap::test
