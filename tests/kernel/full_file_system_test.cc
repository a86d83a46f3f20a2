// A simulated map whose file system is full: ENOMEM, as a kernel would say, and never a SIGBUS.
#include "kernel/kernel_fixture.h"

namespace percpumap::test {
namespace {

class FullFileSystem : public KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped()) return;
    out_of("mkdir $PINS/small && mount -t tmpfs -o size=1m tmpfs $PINS/small");
  }
  Outcome simulated(const std::string& script) const {
    return sh("export PERCPUMAP_BACKEND=sim:$PINS/small/machine; " + script);
  }
};

TEST_F(FullFileSystem, TakesNoPreallocatedMapThatDoesNotFit) {
  const Outcome refused = simulated("percpumap create /sys/fs/bpf/t key 4 value 64 entries 20000");
  EXPECT_EQ(refused.status, 71) << refused.err;
  EXPECT_NE(refused.err.find("not enough memory"), std::string::npos) << refused.err;
  EXPECT_EQ(simulated("percpumap -j list").out, "[]\n");
}

TEST_F(FullFileSystem, EndsAnImportAndKeepsWhatIsIn) {
  ASSERT_EQ(
      simulated("percpumap -q create /sys/fs/bpf/t key 4 value 1000 entries 5000 flags no_prealloc").status,
      0);
  const Outcome filled = simulated(
      "i=1000; while [ $i -lt 5000 ]; do echo \"{\\\"key\\\":\\\"0000$i\\\",\\\"values\\\":[]}\"; "
      "i=$((i+1)); done |"
      "percpumap -q import /sys/fs/bpf/t --missing-cpu zero");
  EXPECT_EQ(filled.status, 71) << filled.err;
  EXPECT_NE(filled.err.find("no memory"), std::string::npos) << filled.err;

  const std::string rows = "percpumap dump /sys/fs/bpf/t -o ndjson | wc -l";
  const int count = std::stoi(simulated(rows).out);
  EXPECT_GT(count, 10);
  EXPECT_NE(filled.err.find("; " + std::to_string(count) + " entries before it were imported"),
            std::string::npos)
      << filled.err;
  EXPECT_EQ(simulated("percpumap delete /sys/fs/bpf/t key hex 00001000").status, 0);
  EXPECT_EQ(simulated("percpumap import /sys/fs/bpf/t --missing-cpu zero -q <<-EOF\n"
                      "{\"key\":\"ffffffff\",\"values\":[]}\nEOF\n")
                .status,
            0);
  EXPECT_EQ(std::stoi(simulated(rows).out), count);
}

}  // namespace
}  // namespace percpumap::test
