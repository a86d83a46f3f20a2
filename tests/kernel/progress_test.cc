// Progress on a terminal, with the real program: script(1) is the terminal.
#include "kernel/kernel_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

constexpr const char* kErased = "\r\x1b[K";

class ProgressTest : public KernelTest, public testing::WithParamInterface<Ground> {
 protected:
  Ground ground() const override { return GetParam(); }

  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped()) return;
    SKIP_UNLESS_EMPTY(missing_program({"script"}));
    write("entries", entry_lines(20000, {4, 8}, possible_cpus()));
    out_of("percpumap -q create $PINS/t key 4 value 8 entries 20000");
    out_of("percpumap -q import $PINS/t entries");
  }

  // What stands on the terminal after `command`, whose output is read only after more than a second.
  std::string terminal_of(const std::string& command) const {
    return out_of("script -qec '" + command + " | { sleep 1.3; cat > /dev/null; }' /dev/null < /dev/null");
  }
};

TEST_P(ProgressTest, IsShownAndErased) {
  for (const std::string command : {"dump $PINS/t", "batch-dump $PINS/t", "batch-dump $PINS/t --delete"}) {
    const std::string text = terminal_of("percpumap -o ndjson " + command);
    EXPECT_NE(text.find(" entries, "), std::string::npos) << command << ": " << text;
    EXPECT_NE(text.find(" a second, "), std::string::npos) << command << ": " << text;
    EXPECT_NE(text.find(" s left"), std::string::npos) << command << ": " << text;
    EXPECT_TRUE(text.ends_with(kErased)) << command << ": " << text;
  }
}

TEST_P(ProgressTest, IsNotShownUnderQuietAndVerbose) {
  EXPECT_EQ(terminal_of("percpumap -q -o ndjson batch-dump $PINS/t"), "");
  const std::string text = terminal_of("percpumap -v -o ndjson batch-dump $PINS/t");
  EXPECT_EQ(text.find(kErased), std::string::npos) << text;
}

TEST_P(ProgressTest, IsNotShownInTheFirstSecond) {
  EXPECT_EQ(out_of("script -qec 'percpumap dump $PINS/t > /dev/null' /dev/null < /dev/null"), "");
}

TEST_P(ProgressTest, IsNotShownWithoutATerminal) {
  const Outcome outcome = sh("percpumap batch-dump $PINS/t | { sleep 1.3; cat > /dev/null; }");
  EXPECT_EQ(outcome.err, "");
}

TEST_P(ProgressTest, OfAnImportIsShownBesideItsTerminal) {
  const std::string text = out_of(
      "script -qec '{ cat entries; sleep 1.3; cat entries; } | percpumap import $PINS/t' /dev/null "
      "< /dev/null");
  EXPECT_NE(text.find("importing: "), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with(kErased)) << text;
}

TEST_P(ProgressTest, IsErasedBeforeAnError) {
  const std::string text = out_of(
      "script -qec 'percpumap -o ndjson batch-dump $PINS/t --delete | { sleep 1.3; head -c 1900000; } "
      "> /dev/null' /dev/null < /dev/null");
  EXPECT_NE(text.find(std::string(kErased) + "percpumap: "), std::string::npos) << text;
  EXPECT_NE(text.find(" are back in map "), std::string::npos) << text;
}

INSTANTIATE_TEST_SUITE_P(Grounds, ProgressTest, testing::Values(Ground::kernel, Ground::sim),
                         [](const auto& row) { return std::string(ground_name(row.param)); });

// A simulated kernel that is busy for more than a second after the first batch.
class SlowKernelProgressTest : public ProgressTest {};

TEST_P(SlowKernelProgressTest, IsNotShownAmongRowsOnATerminal) {
  const std::string text = out_of(
      "export PERCPUMAP_SIM_FAULTS=$(seq -s, -f 'lookup_batch:%g:EBUSY' 3 150); "
      "script -qec 'percpumap batch-dump $PINS/t' /dev/null < /dev/null");
  EXPECT_EQ(text.find(kErased), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Grounds, SlowKernelProgressTest, testing::Values(Ground::sim),
                         [](const auto& row) { return std::string(ground_name(row.param)); });

}  // namespace
}  // namespace percpumap::test
