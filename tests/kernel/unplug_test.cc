// Reading and writing while a CPU goes offline and comes back, again and again: every value keeps its CPU's
// number, and nothing is lost.
//
// A program of its own, which ctest does not know: it takes a CPU of this machine offline. Only with
// PERCPUMAP_MAY_UNPLUG=1, and best in a virtual machine.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "kernel/background.h"
#include "kernel/counting.h"
#include "kernel/kernel_fixture.h"
#include "support/host_kernel.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

constexpr uint32_t kKeys = 2000;
constexpr uint32_t kCounted = 4;  // the first keys: programs count there; the others stay as they are
constexpr int kDumps = 20;

std::string online_file(uint32_t cpu) {
  return "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/online";
}

// From construction to destruction a CPU goes and comes; afterwards it is online.
class Flapping {
 public:
  explicit Flapping(uint32_t cpu) : file_(online_file(cpu)), thread_([this] { flap(); }) {}
  ~Flapping() {
    stop_ = true;
    thread_.join();
    EXPECT_GT(times_, 0);
  }
  Flapping(const Flapping&) = delete;
  Flapping& operator=(const Flapping&) = delete;

 private:
  void flap() {
    while (!stop_) {
      set('0');
      set('1');
      ++times_;
    }
  }
  void set(char state) const {
    std::ofstream file(file_);
    EXPECT_TRUE(file << state << std::flush) << file_;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }

  const std::string file_;
  int times_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

uint64_t value_of(uint32_t key, uint32_t cpu) {
  return key < kCounted ? 0 : uint64_t{key} * 1000 + cpu;
}

// As `dump -o ndjson` prints it.
std::string line_of(uint32_t key, const CpuList& cpus) {
  std::string line = R"({"key":)" + std::to_string(key) + R"(,"values":[)";
  const char* comma = "";
  for (const uint32_t cpu : cpus.ids()) {
    line.append(comma).append(R"({"cpu":)").append(std::to_string(cpu));
    line.append(R"(,"value":)").append(std::to_string(value_of(key, cpu))).append("}");
    comma = ",";
  }
  return line + "]}";
}

std::multiset<std::string> quiet_lines(const CpuList& cpus) {
  std::multiset<std::string> lines;
  for (uint32_t key = kCounted; key < kKeys; ++key) lines.insert(line_of(key, cpus));
  return lines;
}

// What a text of lines as above has.
struct Seen {
  std::multiset<std::string> quiet;  // lines of the keys that nobody counts at
  Json counted = Json::array();      // the others
  uint64_t counts() const {
    uint64_t sum = 0;
    for (const Json& entry : counted) {
      for (const Json& slot : entry.at("values")) sum += slot.at("value").get<uint64_t>();
    }
    return sum;
  }
};

Seen read_lines(const std::string& text) {
  Seen seen;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool counted =
        std::strtoul(line.c_str() + std::string_view(R"({"key":)").size(), nullptr, 10) < kCounted;
    if (counted) seen.counted.push_back(Json::parse(line));
    if (!counted) seen.quiet.insert(std::move(line));
  }
  return seen;
}

// Why no CPU may be taken offline; empty when one may.
std::string may_not_unplug(uint32_t cpu) {
  const char* word = std::getenv("PERCPUMAP_MAY_UNPLUG");
  if (word == nullptr || std::string(word) != "1")
    return "takes a CPU of this machine offline: only with PERCPUMAP_MAY_UNPLUG=1";
  return std::ofstream(online_file(cpu)) ? "" : "needs a second CPU that can go offline";
}

class Unplug : public KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    SKIP_UNLESS_EMPTY(may_not_unplug(cpu_));
    std::string lines;
    for (uint32_t key = 0; key < kKeys; ++key) lines.append(line_of(key, possible_)).append("\n");
    write("lines", lines);
    out_of("percpumap create $PINS/t key u32 value u64 entries 4000; percpumap -q import $PINS/t lines");
  }

  uint32_t id() const { return json_of("percpumap -j show $PINS/t").at("id"); }
  std::string cpu() const { return std::to_string(cpu_); }
  Seen dumped(const std::string& options = "") const {
    return read_lines(out_of("percpumap dump $PINS/t -o ndjson " + options));
  }
  // What programs count beside it; each of them on its CPU before one of those goes.
  std::unique_ptr<Counting> count_everywhere() const {
    auto counting = std::make_unique<Counting>(
        id(), CountingPlan{.cpus = {online_.ids().begin(), online_.ids().end()}, .keys = kCounted});
    EXPECT_TRUE(eventually([&] { return counting->counted() > 100'000; }));
    return counting;
  }
  // A command that needs the CPU: done or, where programs cannot reach offline CPUs, refused in one of these
  // ways. Whether it is done.
  bool done(const std::string& script, const std::set<int>& refusals = {69}) const {
    const Outcome outcome = sh(script);
    if (outcome.status == 0) return true;
    EXPECT_FALSE(reaches_offline_) << outcome.err;
    EXPECT_TRUE(refusals.contains(outcome.status)) << outcome.status << outcome.err;
    EXPECT_NE(outcome.err.find("offline"), std::string::npos) << outcome.err;
    return false;
  }
  // `zero`, with its output in "zeroed". Refused: 75 where the CPU was offline, 69 where it went meanwhile.
  bool zero(const std::string& options = "") const {
    return done("percpumap -q zero $PINS/t -o ndjson > zeroed " + options, {69, 75});
  }

  const CpuList possible_ = possible_cpus();
  const CpuList online_ = online_cpus();
  const uint32_t cpu_ = online_.ids().back();  // the one that goes
  const bool reaches_offline_ = this_machine().kernel >= KernelVersion{5, 19};
};

class UnplugDump : public Unplug, public testing::WithParamInterface<const char*> {};

TEST_P(UnplugDump, TwentyTimesPrintsEachValueOfItsCpu) {
  const auto expected = quiet_lines(possible_);
  const auto counting = count_everywhere();
  {
    const Flapping flapping(cpu_);
    Counters before;
    for (int i = 0; i < kDumps; ++i) {
      const Seen seen = dumped(GetParam());
      ASSERT_TRUE(seen.quiet == expected) << "dump " << i;
      const Counters now = counters_of(seen.counted);
      expect_no_decrease(before, now);
      before = now;
    }
  }
  const uint64_t counted = counting->stop();
  EXPECT_EQ(dumped(GetParam()).counts(), counted);
}

INSTANTIATE_TEST_SUITE_P(Readers, UnplugDump, testing::Values("--jobs 1", "--jobs 2", "--engine walk"),
                         [](const auto& row) {
                           std::string name;
                           for (const char* at = row.param; *at != 0; ++at) {
                             if (std::isalnum(static_cast<unsigned char>(*at)) != 0) name += *at;
                           }
                           return name;
                         });

TEST_F(Unplug, ADumpOfTheCpuAloneHasItsValues) {
  const auto expected = quiet_lines(CpuList({cpu_}));
  const auto counting = count_everywhere();
  const Flapping flapping(cpu_);
  for (int i = 0; i < kDumps; ++i) ASSERT_TRUE(dumped("--cpu " + cpu()).quiet == expected) << "dump " << i;
}

TEST_F(Unplug, ZeroAndWhatIsLeftAreWhatWasCounted) {
  const auto counting = count_everywhere();
  uint64_t zeroed = 0;
  {
    const Flapping flapping(cpu_);
    for (int i = 0; i < 10; ++i) {
      zero();
      zeroed += read_lines(read("zeroed")).counts();
    }
  }
  const uint64_t counted = counting->stop();
  EXPECT_EQ(zeroed + dumped().counts(), counted);
}

TEST_F(Unplug, ADrainPrintsEachEntryOnce) {
  for (int i = 0; i < 5; ++i) {
    const Flapping flapping(cpu_);
    const Seen seen = read_lines(out_of("percpumap -q batch-dump $PINS/t --delete -o ndjson"));
    ASSERT_TRUE(seen.quiet == quiet_lines(possible_));
    ASSERT_EQ(seen.counted.size(), kCounted);
    out_of("percpumap -q import $PINS/t lines");
  }
}

TEST_F(Unplug, AddReachesTheCpuOrSaysThatItIsOffline) {
  const std::string add = "percpumap add $PINS/t key 0 cpu " + cpu() + " value 1";
  const auto counting = count_everywhere();
  uint64_t added = 0;
  {
    const Flapping flapping(cpu_);
    for (int i = 0; i < 40; ++i) added += done(add) ? 1 : 0;
  }
  const uint64_t counted = counting->stop();
  ASSERT_TRUE(done(add));
  EXPECT_EQ(dumped().counts(), counted + added + 1);
}

TEST_F(Unplug, UpdateReachesTheCpuOrSaysThatItIsOffline) {
  const Flapping flapping(cpu_);
  std::string last = std::to_string(value_of(7, cpu_));
  for (int i = 0; i < 40; ++i) {
    const std::string value = std::to_string(i);
    if (done("percpumap update $PINS/t key 7 cpu " + cpu() + " value " + value)) last = value;
    const Json entry = json_of("percpumap -j lookup $PINS/t key 7 --cpu " + cpu());
    ASSERT_EQ(entry.at("values").at(0).at("value").dump(), last);
  }
}

TEST_F(Unplug, ImportReachesTheCpuOrSaysThatItIsOffline) {
  const std::string put_back = "percpumap -q import $PINS/t entries --cpu " + cpu();
  std::string entries;
  for (uint32_t key = kCounted; key < kKeys; ++key)
    entries.append(line_of(key, CpuList({cpu_}))).append("\n");
  write("entries", entries);
  {
    const Flapping flapping(cpu_);
    for (int i = 0; i < 5; ++i) {
      zero("--cpu " + cpu());
      if (!done(put_back)) continue;
      ASSERT_TRUE(dumped().quiet == quiet_lines(possible_));
    }
  }
  ASSERT_TRUE(zero("--cpu " + cpu()) && done(put_back));
  EXPECT_TRUE(dumped().quiet == quiet_lines(possible_));
}

}  // namespace
}  // namespace percpumap::test
