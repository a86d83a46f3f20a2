// Output that cannot be written: the exit status says so, and a drain loses no entry.
#include <algorithm>
#include <iterator>

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

TEST_P(LostOutputTest, ADrainToAFullDeviceLeavesTheMapAsItWas) {
  const auto lines = fill(500);
  EXPECT_EQ(sh("percpumap batch-dump $PINS/t --delete -o ndjson > /dev/full").status, 74);
  EXPECT_EQ(sorted_lines(out_of("percpumap -o ndjson dump $PINS/t")), lines);
}

TEST_P(LostOutputTest, APopToAFullDeviceLeavesTheEntry) {
  const auto lines = fill(3);
  EXPECT_EQ(sh("percpumap pop $PINS/t key 1 0 0 0 > /dev/full").status, 74);
  EXPECT_EQ(sorted_lines(out_of("percpumap -o ndjson dump $PINS/t")), lines);
}

// What is in the file, but for a line that was cut, and what is in the map is together what was there.
void expect_all_somewhere(std::vector<std::string> drained, std::vector<std::string> left,
                          const std::vector<std::string>& lines) {
  std::vector<std::string> together;
  std::set_union(drained.begin(), drained.end(), left.begin(), left.end(), std::back_inserter(together));
  const bool none_lost = std::includes(together.begin(), together.end(), lines.begin(), lines.end());
  EXPECT_TRUE(none_lost) << lines.size() << " were there, " << left.size() << " are left, " << drained.size()
                         << " lines were written";
}

TEST_P(LostOutputTest, ADrainToAFileThatGetsFullLosesNothing) {
  const auto lines = fill(20000);
  const Outcome outcome =
      sh("trap '' XFSZ; ulimit -f 1000; percpumap batch-dump $PINS/t --delete -o ndjson "
         "--batch-size 1000 > drained");
  EXPECT_EQ(outcome.status, 74) << outcome.err;
  const auto drained = sorted_lines(read("drained"));
  EXPECT_FALSE(drained.empty());
  const auto left = sorted_lines(out_of("percpumap -o ndjson dump $PINS/t"));
  EXPECT_LT(left.size(), lines.size());
  expect_all_somewhere(drained, left, lines);
}

TEST_P(LostOutputTest, ADrainIntoAPipeThatClosesLosesNothing) {
  const auto lines = fill(20000);
  const Outcome outcome =
      sh("{ percpumap -q batch-dump $PINS/t --delete -o ndjson --batch-size 1000; "
         "echo $? > status; } | { head -c 300000 > drained; }");
  EXPECT_EQ(read("status"), "141\n") << outcome.err;
  // What was in the pipe when its reader left is lost to both: at most its 64 KiB.
  const auto left = sorted_lines(out_of("percpumap -o ndjson dump $PINS/t"));
  const auto drained = sorted_lines(read("drained"));
  EXPECT_GE((left.size() + drained.size()) * lines[0].size() + 65536, lines.size() * lines[0].size());
}

INSTANTIATE_TEST_SUITE_P(Grounds, LostOutputTest, testing::Values(Ground::kernel, Ground::sim),
                         [](const auto& row) { return std::string(ground_name(row.param)); });

}  // namespace
}  // namespace percpumap::test
