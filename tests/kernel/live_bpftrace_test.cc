// A map that bpftrace fills while we read it: 24-byte keys, no BTF, changing under load.
#include <algorithm>
#include <set>

#include "kernel/background.h"
#include "kernel/kernel_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

constexpr const char* kScript = "tracepoint:raw_syscalls:sys_enter { @calls[pid, comm] = count(); }";

class LiveBpftraceTest : public KernelTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    SKIP_UNLESS_EMPTY(missing_program({"bpftrace", "setpriv"}));
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    SKIP_UNLESS_EMPTY(mount_tracefs());
  }

  // Every id of a map with the name that bpftrace gives @calls.
  std::set<int> ids() const {
    std::set<int> found;
    for (const Json& map : json_of("percpumap -j list")) {
      if (map.at("name") == "AT_calls") found.insert(map.at("id").get<int>());
    }
    return found;
  }

  // The one that `before` does not have; 0 while there is none.
  int new_id(const std::set<int>& before) const {
    for (const int id : ids()) {
      if (!before.contains(id)) return id;
    }
    return 0;
  }

  Counters dump(int id) const {
    return counters_of(
        json_of("percpumap -j dump id " + std::to_string(id) + " --value-type u64 --engine " + GetParam()));
  }

 private:
  static std::string mount_tracefs() {
    try {
      mount_fresh("tracefs", "/sys/kernel/tracing", nullptr);
      return "";
    } catch (const std::system_error& error) {
      return std::string("no tracefs for bpftrace: ") + error.what();
    }
  }
};

TEST_P(LiveBpftraceTest, DumpsWhileItCountsAreWholeAndNeverLess) {
  const std::set<int> before = ids();
  const Background bpftrace({"bpftrace", "-e", kScript});
  int id = 0;
  ASSERT_TRUE(eventually([&] { return (id = new_id(before)) != 0; })) << "bpftrace made no map";
  ASSERT_TRUE(eventually([&] { return !dump(id).empty(); })) << "bpftrace counts nothing";

  Counters last = dump(id);
  const uint64_t first_sum = sum(last);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (std::chrono::steady_clock::now() < end && !HasFailure()) {
    Counters now = dump(id);
    expect_no_decrease(last, now);
    last = std::move(now);
  }
  EXPECT_GT(sum(last), first_sum);
}

TEST_P(LiveBpftraceTest, TheFiveBusiestByNameAndNumber) {
  const std::set<int> before = ids();
  const Background bpftrace({"bpftrace", "-e", kScript});
  int id = 0;
  ASSERT_TRUE(eventually([&] { return (id = new_id(before)) != 0; })) << "bpftrace made no map";
  ASSERT_TRUE(eventually([&] { return dump(id).size() >= 5; })) << "bpftrace counts too few";
  const Counters earlier = dump(id);
  const Json top =
      json_of("percpumap -j dump id " + std::to_string(id) + " --engine " + GetParam() +
              " --key-type '{pid:u64,comm:char[16]}' --value-type u64 --sum --sort sum:desc --top 5");
  ASSERT_EQ(top.size(), 5U);
  std::vector<uint64_t> least;  // what each key had before, the most first
  for (const auto& [key, slots] : earlier) least.push_back(sum({{key, slots}}));
  std::sort(least.rbegin(), least.rend());
  for (size_t i = 0; i < top.size(); ++i) {
    const Json& entry = top[i];
    EXPECT_GT(entry.at("key").at("pid").get<uint64_t>(), 0U);
    EXPECT_FALSE(entry.at("key").at("comm").get<std::string>().empty());
    EXPECT_GE(entry.at("sum").get<uint64_t>(), least[i]) << entry;
    const Json& before_it = top[i > 0 ? i - 1 : 0];
    EXPECT_LE(entry.at("sum"), before_it.at("sum"));
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, LiveBpftraceTest, testing::Values("batch", "walk"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace percpumap::test
