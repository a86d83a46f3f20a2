// Output that cannot be written: the exit status says so, and pop loses no entry (drain_test.cc: nor does a
// drain).
#include "kernel/kernel_fixture.h"

namespace percpumap::test {
namespace {

class LostOutputTest : public KernelTest, public testing::WithParamInterface<Ground> {
 protected:
  Ground ground() const override { return GetParam(); }

  // $PINS/t with `count` entries; returns their lines.
  std::vector<std::string> fill(size_t count) const {
    write("entries", entry_lines(count, {4, 8}, possible_cpus()));
    out_of("percpumap create $PINS/t key 4 value 8 entries 20000 name $NAME");
    out_of("percpumap -q import $PINS/t entries");
    return sorted_lines(read("entries"));
  }
};

TEST_P(LostOutputTest, AFullDeviceIs74) {
  fill(100);
  for (const std::string command :
       {"list", "show $PINS/t", "-j show $PINS/t", "dump $PINS/t", "-j dump $PINS/t", "-o csv dump $PINS/t",
        "-o ndjson dump $PINS/t", "-o bpftool dump $PINS/t", "lookup $PINS/t key 1 0 0 0", "getnext $PINS/t",
        "stats $PINS/t", "-j update $PINS/t key 1 0 0 0 value 1 0 0 0 0 0 0 0", "--version", "--help"}) {
    const Outcome outcome = sh("percpumap " + command + " > /dev/full");
    EXPECT_EQ(outcome.status, 74) << command;
    EXPECT_NE(outcome.err, "") << command;
  }
}

TEST_P(LostOutputTest, AClosedPipeEndsQuietly) {
  fill(20000);
  const Outcome outcome = sh("{ percpumap dump $PINS/t; echo $? > status; } | head -n 1 > /dev/null");
  EXPECT_EQ(read("status"), "141\n");
  EXPECT_EQ(outcome.err, "");
}

// A map that is opened under the number of a closed stream must not be written into.
TEST_P(LostOutputTest, AClosedDescriptorIs74AndNotTheMap) {
  const auto lines = fill(100);
  for (const std::string command : {"list", "show $PINS/t", "dump $PINS/t", "-j dump $PINS/t", "--version"}) {
    EXPECT_EQ(sh("percpumap " + command + " >&-").status, 74) << command;
    EXPECT_EQ(sh("percpumap " + command + " <&- >&- 2>&-").status, 74) << command;
  }
  EXPECT_EQ(sh("percpumap lookup $PINS/t key 1 2>&-").status, 65);
  EXPECT_NE(sh("percpumap import $PINS/t <&-").status, 0);
  EXPECT_EQ(sorted_lines(out_of("percpumap -o ndjson dump $PINS/t")), lines);
}

TEST_P(LostOutputTest, APopToAFullDeviceLeavesTheEntry) {
  const auto lines = fill(3);
  EXPECT_EQ(sh("percpumap pop $PINS/t key 1 0 0 0 > /dev/full").status, 74);
  EXPECT_EQ(sorted_lines(out_of("percpumap -o ndjson dump $PINS/t")), lines);
}

INSTANTIATE_TEST_SUITE_P(Grounds, LostOutputTest, testing::Values(Ground::kernel, Ground::sim),
                         [](const auto& row) { return std::string(ground_name(row.param)); });

}  // namespace
}  // namespace percpumap::test
