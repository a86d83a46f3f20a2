// Dumps and drains of maps in which BPF programs insert and delete on every CPU all the while.
//
// PERCPUMAP_CHURN_DUMPS: how many dumps or drains each test makes (2).
#include "kernel/churn.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>

#include "kernel/background.h"
#include "kernel/kernel_fixture.h"

namespace percpumap::test {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

struct Load {
  const char* name;
  const char* flags;  // of create
  size_t stable;      // keys 0 … stable - 1 stay
  uint32_t max_entries;
  ChurnPlan plan;
};

// In quick ones single entries come and go; in waves most of a map, and so of its buckets, is emptied and
// filled again and again.
constexpr ChurnPlan kQuick{1U << 17, 64};
constexpr ChurnPlan kWaves{1U << 17, 1U << 18};
constexpr Load kLoads[] = {{"quick", "", 100000, 300000, kQuick},
                           {"quick_no_prealloc", "flags no_prealloc", 100000, 300000, kQuick},
                           {"waves", "", 2000, 200000, kWaves}};
// Walks and drains of fewer: the kernel is slow to take back what it did not preallocate.
constexpr Load kSmallLoads[] = {{"quick", "", 10000, 30000, {1U << 14, 64}},
                                {"quick_no_prealloc", "flags no_prealloc", 10000, 30000, {1U << 14, 64}},
                                {"waves", "", 500, 20000, {1U << 14, 1U << 15}}};

size_t rounds() {
  const char* text = std::getenv("PERCPUMAP_CHURN_DUMPS");
  return text == nullptr ? 2 : std::strtoul(text, nullptr, 10);
}

struct Dump {
  int status = 0;
  double seconds = 0;
  std::vector<uint64_t> stable;  // keys, ascending
  std::vector<uint64_t> churned;
  size_t wrong_stable = 0;  // lines
  size_t wrong_churned = 0;
};

bool twice(const std::vector<uint64_t>& keys) {
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

constexpr std::string_view kBeforeKey = R"({"key":")";
constexpr size_t kKeyDigits = 16;

// The key of a line of `dump -o ndjson`, whose digits are bytes in memory order.
uint64_t key_of(std::string_view line) {
  uint64_t key = 0;
  const char* digits = line.data() + std::min(line.size(), kBeforeKey.size());
  const char* end = line.data() + std::min(line.size(), kBeforeKey.size() + kKeyDigits);
  const auto [stopped, error] = std::from_chars(digits, end, key, 16);
  EXPECT_TRUE(line.starts_with(kBeforeKey) && error == std::errc() && stopped == digits + kKeyDigits) << line;
  return __builtin_bswap64(key);
}

// One CPU's value is the key, the others' are 0.
bool is_churned_row(std::string_view line) {
  const std::string_view digits = line.substr(kBeforeKey.size(), kKeyDigits);
  const size_t value = line.find(digits, kBeforeKey.size() + kKeyDigits);
  return value != line.npos && line.find(digits, value + 1) == line.npos;
}

class ChurnTest : public KernelTest, public testing::WithParamInterface<Load> {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const std::string entries = entry_lines(GetParam().stable, {8, 8}, possible_cpus());
    write("entries", entries);
    for_each_line(entries, [this](std::string_view line) { lines_.emplace_back(line); });
    out_of("percpumap create $PINS/t key 8 value 8 entries " + std::to_string(GetParam().max_entries) + " " +
           GetParam().flags);
    out_of("percpumap -q import $PINS/t entries");
  }

  uint32_t id() const { return json_of("percpumap -j show $PINS/t").at("id").get<uint32_t>(); }

  Dump dump(const std::string& command) const {
    const auto before = steady_clock::now();
    const Outcome outcome = sh("percpumap -q -o ndjson " + command + " > out");
    Dump dump{.status = outcome.status,
              .seconds = duration<double>(steady_clock::now() - before).count(),
              .stable = {},
              .churned = {}};
    for_each_line(read("out"), [&](std::string_view line) { add(line, dump); });
    std::sort(dump.stable.begin(), dump.stable.end());
    std::sort(dump.churned.begin(), dump.churned.end());
    return dump;
  }

  // The same while the map changes: no key twice, no longer than 20 times a quiet one or five seconds.
  Dump dump_during_churn(const std::string& command, double quiet_seconds) const {
    Dump during = dump(command);
    EXPECT_LT(during.seconds, std::max(5.0, 20 * quiet_seconds));
    EXPECT_FALSE(twice(during.stable));
    EXPECT_FALSE(twice(during.churned));
    EXPECT_EQ(during.wrong_stable, 0U);
    return during;
  }

  void expect_every_stable_key(const Dump& dump) const {
    EXPECT_EQ(dump.stable.size(), lines_.size()) << "status " << dump.status;
    EXPECT_FALSE(twice(dump.stable));
  }

 private:
  template <typename Body>
  static void for_each_line(std::string_view text, Body body) {
    for (size_t end = 0; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
      body(text.substr(0, end));
    }
    EXPECT_EQ(text, "") << "a line without its end";
  }

  void add(std::string_view line, Dump& dump) const {
    const uint64_t key = key_of(line);
    if (key >= kChurned) {
      dump.churned.push_back(key);
      dump.wrong_churned += is_churned_row(line) ? 0 : 1;
    } else {
      dump.stable.push_back(key);
      dump.wrong_stable += key < lines_.size() && lines_[key] == line ? 0 : 1;
    }
  }

  std::vector<std::string> lines_;  // of the stable keys
};

class SmallChurnTest : public ChurnTest {};

// The map is as it will be: entries come and go.
bool is_going_on(const Churn& churn) {
  return eventually([&] { return churn.deleted() > 1000; });
}

TEST_P(ChurnTest, BatchesListEveryStableKeyOnceAndNoneTwice) {
  for (const std::string jobs : {"1", "2"}) {
    const std::string command = "dump $PINS/t --engine batch --jobs " + jobs;
    const Dump quiet = dump(command);
    const Churn churn(id(), GetParam().plan);
    ASSERT_TRUE(is_going_on(churn));
    const uint64_t changes = churn.inserted() + churn.deleted();
    for (size_t i = 0; i < rounds() && !HasFailure(); ++i) {
      const Dump churned = dump_during_churn(command, quiet.seconds);
      EXPECT_EQ(churned.status, 0);
      EXPECT_EQ(churned.wrong_churned, 0U);
      expect_every_stable_key(churned);
    }
    EXPECT_GT(churn.inserted() + churn.deleted(), changes);
  }
}

TEST_P(SmallChurnTest, ADrainTakesAStableKeyOrLeavesIt) {
  for (size_t i = 0; i < rounds() && !HasFailure(); ++i) {
    Dump drained;
    {
      const Churn churn(id(), GetParam().plan);
      ASSERT_TRUE(is_going_on(churn));
      drained = dump_during_churn("batch-dump $PINS/t --delete --batch-size 1000", 0);
    }
    EXPECT_EQ(drained.status, 0);
    EXPECT_EQ(drained.wrong_churned, 0U);
    Dump together = dump("dump $PINS/t");
    together.stable.insert(together.stable.end(), drained.stable.begin(), drained.stable.end());
    std::sort(together.stable.begin(), together.stable.end());
    expect_every_stable_key(together);
    out_of("percpumap -q import $PINS/t entries");
  }
}

TEST_P(SmallChurnTest, TheWalkListsNoneTwiceAndSaysWhenItMayHaveMissedSome) {
  const std::string command = "dump $PINS/t --engine walk";
  const Dump quiet = dump(command);
  const Churn churn(id(), GetParam().plan);
  ASSERT_TRUE(is_going_on(churn));
  const uint64_t changes = churn.inserted() + churn.deleted();
  for (size_t i = 0; i < rounds() && !HasFailure(); ++i) {
    const Dump churned = dump_during_churn(command, quiet.seconds);
    if (churned.status != 75) {
      EXPECT_EQ(churned.status, 0);
      expect_every_stable_key(churned);
    }
  }
  EXPECT_GT(churn.inserted() + churn.deleted(), changes);
}

std::string name_of(const testing::TestParamInfo<Load>& row) {
  return row.param.name;
}

INSTANTIATE_TEST_SUITE_P(Loads, ChurnTest, testing::ValuesIn(kLoads), name_of);
INSTANTIATE_TEST_SUITE_P(Loads, SmallChurnTest, testing::ValuesIn(kSmallLoads), name_of);

}  // namespace
}  // namespace percpumap::test
