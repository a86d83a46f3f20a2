// The maps of xdp-filter, with BTF and pinned, counting real packets between two network namespaces.
#include <unistd.h>

#include <filesystem>

#include "kernel/background.h"
#include "kernel/kernel_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMap = "/sys/fs/bpf/xdp-filter/filter_ipv4";

// This test's end of a veth pair has the filter and 10.99.0.1, the other is a process's in another network
// namespace and has 10.99.0.2, whose packets are filtered and counted.
class LiveXdpFilterTest : public KernelTest {
 protected:
  void SetUp() override {
    SKIP_UNLESS_EMPTY(
        missing_program({"xdp-filter", "bpftool", "ip", "ping", "nsenter", "unshare", "setpriv"}));
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    network_ = std::make_unique<KernelNamespace>(KernelNamespace::Kind::network);
    peer_ = std::make_unique<Background>(std::vector<std::string>{"unshare", "--net", "sleep", "600"});
    ASSERT_TRUE(eventually([this] { return network_of(peer()) != network_of("self"); }));
    const Outcome wired = sh("ip link add filtered type veth peer name sender netns " + peer());
    SKIP_UNLESS_EMPTY(wired.status == 0 ? "" : "no veth pair: " + wired.err);
    out_of("ip addr add 10.99.0.1/24 dev filtered && ip link set filtered up");
    out_of(at_peer("ip addr add 10.99.0.2/24 dev sender") + " && " + at_peer("ip link set sender up"));
    out_of("xdp-filter load filtered -m skb && xdp-filter ip 10.99.0.2 -m src");
  }

  void TearDown() override {
    peer_.reset();
    network_.reset();
    KernelTest::TearDown();
  }

  std::string at_peer(const std::string& command) const {
    return "nsenter --net --target " + peer() + " " + command;
  }
  // Nobody answers: the filter drops them.
  void ping(int count) const {
    sh(at_peer("ping -q -c " + std::to_string(count) + " -i 0.01 -W 0.2 10.99.0.1"));
  }
  Counters dump() const {
    return counters_of(
        json_of("percpumap -j dump " + std::string(kMap) + " --key-type hex --value-type u64"));
  }
  uint64_t bpftools_sum() const {
    uint64_t sum = 0;
    const Json entries = json_of("bpftool -j map dump pinned " + std::string(kMap));
    for (const Json& slot : entries.at(0).at("formatted").at("values")) {
      sum += slot.at("value").get<uint64_t>();
    }
    return sum;
  }
  Background start_pinging() const {
    return Background({"nsenter", "--net", "--target", peer(), "ping", "-q", "-i", "0.01", "10.99.0.1"});
  }

 private:
  std::string peer() const { return std::to_string(peer_->pid()); }
  static std::string network_of(const std::string& pid) {
    std::error_code ignored;
    return fs::read_symlink("/proc/" + pid + "/ns/net", ignored);
  }

  std::unique_ptr<KernelNamespace> network_;
  std::unique_ptr<Background> peer_;
};

TEST_F(LiveXdpFilterTest, DumpsWhilePacketsComeAreNeverLess) {
  const uint64_t before = sum(dump());
  const Background pinging = start_pinging();
  Counters last = dump();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (std::chrono::steady_clock::now() < end && !HasFailure()) {
    Counters now = dump();
    ASSERT_EQ(now.size(), 1U);
    EXPECT_EQ(now.begin()->first, "0a630002");
    expect_no_decrease(last, now);
    last = std::move(now);
  }
  EXPECT_GT(sum(last), before);
}

TEST_F(LiveXdpFilterTest, TheSumIsWhatBpftoolSays) {
  const uint64_t before = sum(dump());
  ping(5);
  const Counters after = dump();
  EXPECT_GT(sum(after), before);

  const uint64_t judge = bpftools_sum();
  EXPECT_EQ(sum(after), judge);
  const Json ours =
      json_of("percpumap -j dump " + std::string(kMap) + " --value-type u64 --sum --no-per-cpu");
  EXPECT_EQ(ours[0].at("sum"), judge);
}

TEST_F(LiveXdpFilterTest, TheKeyIsAnAddressOnceThatIsSaid) {
  ping(5);
  const uint64_t judge = bpftools_sum();
  const Json ours = json_of("percpumap -j dump " + std::string(kMap) + " --key-type ipv4 --sum");
  ASSERT_EQ(ours.size(), 1U);
  EXPECT_EQ(ours[0].at("key"), "10.99.0.2");
  EXPECT_EQ(ours[0].at("sum"), judge);
  const std::string table = out_of("percpumap dump " + std::string(kMap) + " --key-type ipv4 --sum");
  EXPECT_NE(table.find("10.99.0.2"), std::string::npos) << table;
  EXPECT_NE(table.find(std::to_string(judge)), std::string::npos) << table;
  const Json found =
      json_of("percpumap -j lookup " + std::string(kMap) + " --key-type ipv4 key 10.99.0.2 --sum");
  EXPECT_EQ(found.at("sum"), judge);
}

TEST_F(LiveXdpFilterTest, ShowTellsTheBtfThatBpftoolTells) {
  const Json judge = json_of("bpftool -j map show pinned " + std::string(kMap));
  const Json ours = json_of("percpumap -j show " + std::string(kMap));
  for (const char* key : {"id", "type", "name", "bytes_key", "bytes_value", "max_entries", "btf_id"}) {
    EXPECT_EQ(ours.at(key), judge.at(key)) << key;
  }
}

TEST_F(LiveXdpFilterTest, BpftoolFormatsAreByteForByteBpftools) {
  ping(5);
  EXPECT_EQ(out_of("percpumap -o bpftool dump " + std::string(kMap)),
            out_of("bpftool map dump pinned " + std::string(kMap)));
  EXPECT_EQ(out_of("percpumap -o bpftool-json dump " + std::string(kMap)),
            out_of("bpftool -j map dump pinned " + std::string(kMap)));
}

}  // namespace
}  // namespace percpumap::test
