// A drain loses nothing: every entry that was there is afterwards in the output, in the map or in the rescue
// file, and in one of them only.
#include <algorithm>
#include <sstream>

#include "kernel/kernel_fixture.h"

namespace percpumap::test {
namespace {

// Only lines that are whole: a row that was cut is not delivered.
std::string whole_lines(const std::string& text) {
  return text.substr(0, text.rfind('\n') + 1);
}

class DrainTest : public KernelTest, public testing::WithParamInterface<Ground> {
 protected:
  Ground ground() const override { return GetParam(); }

  // $PINS/t with `count` entries, whose lines stand in "entries" and are kept. $TMPDIR is $TMP/rescue in
  // drain().
  void fill(size_t count, const std::string& flags = "") {
    const std::string entries = entry_lines(count, {4, 8}, possible_cpus());
    write("entries", entries);
    lines_ = sorted_lines(entries);
    out_of("mkdir -p rescue; percpumap -q create $PINS/t key 4 value 8 entries 20000 name $NAME " + flags);
    out_of("percpumap -q import $PINS/t entries");
  }

  // `script` with the function `drain`, which drains $PINS/t as ndjson, with further options; its exit status
  // is in the file "status", what it said in "said".
  Outcome run_drain(const std::string& script) const {
    return sh(
        "export TMPDIR=$TMP/rescue; : > drained\n"
        "drain() { percpumap batch-dump $PINS/t --delete -o ndjson \"$@\" 2> said; echo $? > status; }\n" +
        script);
  }
  // The same, with a pipe that the script reads as descriptor 7, beside the drain, process $pid, which has
  // taken entries out and stands still.
  Outcome run_drain_beside(const std::string& script, const std::string& options = "") const {
    return run_drain(
        "mkfifo pipe; { sh -c 'echo $$ > pid; exec percpumap batch-dump $PINS/t --delete -o ndjson " +
        options +
        "' > pipe 2> said; echo $? > status; } & exec 7< pipe\n"
        "until [ $(percpumap -o ndjson dump $PINS/t | wc -l) -lt " +
        std::to_string(lines_.size()) + " ]; do sleep 0.05; done; sleep 0.2; pid=$(cat pid)\n" + script);
  }

  std::string status() const { return read("status"); }
  std::string said() const { return read("said"); }
  std::vector<std::string> left() const { return sorted_lines(out_of("percpumap -o ndjson dump $PINS/t")); }
  std::vector<std::string> rescued() const { return sorted_lines(out_of("cat rescue/* 2> /dev/null || :")); }
  std::vector<std::string> drained() const { return sorted_lines(whole_lines(read("drained"))); }

  // Every entry in one place, and where there are none in the rescue file there is no such file.
  void expect_each_in_one_place() const {
    const auto out = drained();
    std::vector<std::string> all = left();
    const size_t in_map = all.size();
    const auto aside = rescued();
    all.insert(all.end(), out.begin(), out.end());
    all.insert(all.end(), aside.begin(), aside.end());
    std::sort(all.begin(), all.end());
    EXPECT_TRUE(all == lines_) << lines_.size() << " were there; " << out.size() << " are drained, " << in_map
                               << " in the map, " << aside.size() << " rescued\n"
                               << said();
    if (aside.empty()) {
      EXPECT_EQ(out_of("ls rescue"), "");
    }
  }

  std::vector<std::string> lines_;
};

TEST_P(DrainTest, GivesEverythingToAFileAndToAPipe) {
  fill(20000);
  run_drain("drain > drained");
  EXPECT_EQ(status(), "0\n") << said();
  EXPECT_TRUE(drained() == lines_);
  EXPECT_TRUE(left().empty());
  out_of("percpumap -q import $PINS/t entries");
  run_drain("drain --batch-size 7 | cat > drained");
  EXPECT_EQ(status(), "0\n") << said();
  EXPECT_TRUE(drained() == lines_);
  expect_each_in_one_place();
}

TEST_P(DrainTest, PrintsWhatADumpPrints) {
  fill(2000);
  for (const std::string format : {"table", "json", "pretty", "ndjson", "csv", "bpftool", "bpftool-json"}) {
    const std::string dump = out_of("percpumap dump $PINS/t -o " + format);
    EXPECT_TRUE(out_of("percpumap -q batch-dump $PINS/t --delete --batch-size 300 -o " + format) == dump)
        << format;
    out_of("percpumap -q import $PINS/t entries");
  }
}

TEST_P(DrainTest, StopsBeforeMoreThanItMayTake) {
  fill(2000);
  run_drain("drain --max-entries 500 --batch-size 70 > drained");
  EXPECT_EQ(status(), "0\n") << said();
  EXPECT_LE(drained().size(), 500U);
  EXPECT_GT(drained().size(), 400U);
  expect_each_in_one_place();
}

TEST_P(DrainTest, ToAFullDeviceLeavesTheMapAsItWas) {
  fill(500);
  run_drain("drain > /dev/full");
  EXPECT_EQ(status(), "74\n");
  EXPECT_NE(said().find("500 entries that were taken and not delivered are back"), std::string::npos)
      << said();
  EXPECT_EQ(left().size(), 500U);
  expect_each_in_one_place();
}

TEST_P(DrainTest, ToAClosedDescriptorLeavesTheMapAsItWas) {
  fill(500);
  run_drain("drain >&-");
  EXPECT_EQ(status(), "74\n");
  EXPECT_EQ(left().size(), 500U);
  expect_each_in_one_place();
}

TEST_P(DrainTest, ToAFileSystemThatGetsFullKeepsWhatDidNotFit) {
  fill(20000);
  for (const std::string size : {"", "--batch-size 1000"}) {
    run_drain(
        "unshare -m sh -c 'mkdir -p small; mount -t tmpfs -o size=300k tmpfs small || exit; "
        "percpumap batch-dump $PINS/t --delete -o ndjson " +
        size + " > small/drained 2> said; echo $? > status; cp small/drained drained'");
    EXPECT_EQ(status(), "74\n") << said();
    EXPECT_FALSE(drained().empty());
    EXPECT_FALSE(left().empty());
    expect_each_in_one_place();
    out_of("percpumap -q import $PINS/t drained 2> /dev/null || percpumap -q import $PINS/t entries");
  }
}

TEST_P(DrainTest, ToAFileThatMayNotGrowKeepsWhatDidNotFit) {
  fill(20000);
  run_drain("ulimit -f 1000; drain > drained");  // SIGXFSZ as it is
  EXPECT_EQ(status(), "74\n") << said();
  EXPECT_FALSE(drained().empty());
  EXPECT_FALSE(left().empty());
  expect_each_in_one_place();
}

TEST_P(DrainTest, IntoAPipeWhoseReaderGoesKeepsWhatItDidNotTake) {
  fill(20000);
  for (const std::string size : {"", "--batch-size 1", "--batch-size 1000"}) {
    run_drain("drain " + size + " | head -c 300000 > drained");
    EXPECT_EQ(status(), "141\n") << said();
    EXPECT_EQ(read("drained").size(), 300000U);
    EXPECT_LT(left().size(), lines_.size());
    expect_each_in_one_place();
    out_of("percpumap -q import $PINS/t entries");
  }
}

TEST_P(DrainTest, IntoAPipeThatStaysFullUntilItsReaderGoes) {
  fill(20000);
  run_drain("drain --batch-size 500 | { head -c 100000 > drained; sleep 0.5; }");
  EXPECT_EQ(status(), "141\n") << said();
  EXPECT_FALSE(drained().empty());
  expect_each_in_one_place();
}

TEST_P(DrainTest, IntoAPipeThatNobodyReadsLeavesTheMapAsItWas) {
  fill(20000);
  run_drain("drain | sleep 0.5");
  EXPECT_EQ(status(), "141\n") << said();
  EXPECT_EQ(left().size(), lines_.size());
  expect_each_in_one_place();
}

// All of it fits into the pipe: the drain has nothing more to write when the reader goes.
TEST_P(DrainTest, IntoAPipeThatNobodyReadsWaitsForItsReader) {
  fill(100);
  run_drain("drain | sleep 0.5");
  EXPECT_EQ(status(), "141\n") << said();
  EXPECT_EQ(left().size(), lines_.size());
  expect_each_in_one_place();
}

TEST_P(DrainTest, IntoAPipeThatIsReadOnlyAfterItsEnd) {
  fill(100);
  const Outcome outcome = run_drain_beside("wait; cat <&7 > drained");
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(status(), "0\n") << said();
  EXPECT_NE(said().find("bytes still stand in the pipe"), std::string::npos) << said();
  EXPECT_EQ(drained().size(), lines_.size());
  expect_each_in_one_place();
}

TEST_P(DrainTest, BehindAnotherWriterOfThePipeCountsOnlyItsOwn) {
  fill(20000);
  run_drain("{ head -c 5000 /dev/zero; drain; } | { head -c 105000 | tail -c 100000 > drained; }");
  EXPECT_EQ(status(), "141\n") << said();
  EXPECT_EQ(read("drained").size(), 100000U);
  expect_each_in_one_place();
}

TEST_P(DrainTest, ASignalBeforeTheFirstEntryTakesNothing) {
  fill(500);
  run_drain(
      "env --block-signal=TERM sh -c 'kill -TERM $$; exec percpumap batch-dump $PINS/t --delete -j' "
      "> drained 2> said; echo $? > status");
  EXPECT_EQ(status(), "75\n") << said();
  EXPECT_EQ(read("drained"), "[]\n");
  EXPECT_EQ(left().size(), lines_.size());
}

TEST_P(DrainTest, ASignalEndsADrainIntoAFileBetweenTwoBatches) {
  fill(20000);
  run_drain(
      "sh -c 'echo $$ > pid; exec percpumap -v batch-dump $PINS/t --delete --batch-size 1 -o ndjson' "
      "> drained 2> said & until [ -s drained ]; do :; done; kill -TERM $(cat pid); wait $!; "
      "echo $? > status");
  EXPECT_EQ(status(), "75\n") << said().substr(0, 1000);
  EXPECT_FALSE(drained().empty());
  EXPECT_EQ(drained().size(), sorted_lines(read("drained")).size()) << "the last line is whole";
  expect_each_in_one_place();
}

TEST_P(DrainTest, ASignalAtAPipeThatStandsStillPutsBackWhatIsInHand) {
  fill(20000);
  const Outcome outcome = run_drain_beside("kill -TERM $pid; wait; cat <&7 > drained");
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(status(), "75\n") << said();
  EXPECT_NE(said().find("the document is cut"), std::string::npos) << said();
  EXPECT_FALSE(drained().empty()) << "what stands in the pipe is its reader's";
  expect_each_in_one_place();
}

TEST_P(DrainTest, FurtherSignalsDoNotCutThePuttingBackShort) {
  fill(20000);
  const Outcome outcome = run_drain_beside(
      "kill -TERM $pid; sleep 0.2; kill -TERM $pid; kill -HUP $pid; sleep 0.2; kill -TERM $pid; wait; "
      "cat <&7 > drained");
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(status(), "75\n") << said();
  expect_each_in_one_place();
}

TEST_P(DrainTest, ASignalWhileTheReaderReadsOnClosesTheDocument) {
  fill(20000);
  const Outcome outcome =
      run_drain_beside("kill -TERM $pid; cat <&7 > drained; wait", "--batch-size 5000 -j");
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(status(), "75\n") << said();
  const Json document = Json::parse(read("drained"), nullptr, false);
  ASSERT_TRUE(document.is_array());
  EXPECT_EQ(document.size() + left().size(), lines_.size());
  EXPECT_EQ(out_of("ls rescue"), "");
}

TEST_P(DrainTest, ASignalAfterTheLastEntryEndsTheWaitForTheReader) {
  fill(100);
  const Outcome outcome = run_drain_beside("kill -TERM $pid; wait; cat <&7 > drained");
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(status(), "0\n") << said();
  EXPECT_NE(said().find("bytes still stand in the pipe"), std::string::npos) << said();
  EXPECT_EQ(drained().size(), lines_.size());
  expect_each_in_one_place();
}

TEST_P(DrainTest, AReaderThatGoesAfterTheSignalLosesNothing) {
  fill(20000);
  const Outcome outcome = run_drain_beside("kill -TERM $pid; head -c 30000 <&7 > drained; exec 7<&-; wait");
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(status(), "141\n") << said();
  expect_each_in_one_place();
}

// Other programs put entries with the same keys in while the drain cannot write.
TEST_P(DrainTest, AKeyThatCameAnewKeepsItsNewValueAndTheOldOneIsRescued) {
  fill(2000);
  const std::string update = "percpumap update $PINS/t key 7 0 0 0 value 1 2 3 4 5 6 7 8; ";
  const Outcome outcome = run_drain_beside(update + "exec 7<&-; wait");
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(status(), "141\n") << said();
  EXPECT_EQ(rescued().size(), 1U) << said();
  EXPECT_EQ(sorted_lines(out_of("percpumap lookup $PINS/t key 7 0 0 0 -o csv | cut -d, -f3 | sort -u")),
            (std::vector<std::string>{"0102030405060708\r", "value\r"}));
  out_of("percpumap delete $PINS/t key 7 0 0 0");
  expect_each_in_one_place();
}

TEST_P(DrainTest, SaysTheWayBackOfWhatIsRescued) {
  fill(2000);
  run_drain_beside("percpumap update $PINS/t key 7 0 0 0 value 1 2 3 4 5 6 7 8; exec 7<&-; wait",
                   "-q --rescue my-rescue");
  const std::string text = said();
  const size_t from = text.find("'percpumap ");
  ASSERT_NE(from, std::string::npos) << text;
  out_of(text.substr(from + 1, text.find('\'', from + 1) - from - 1));
  EXPECT_TRUE(left() == lines_);
  EXPECT_EQ(out_of("stat -c %a my-rescue"), "600\n");
}

TEST_P(DrainTest, WhatAFrozenMapDoesNotTakeIsRescued) {
  fill(2000);
  const Outcome outcome = run_drain_beside("percpumap -q freeze $PINS/t; exec 7<&-; wait");
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(status(), "141\n") << said();
  EXPECT_EQ(rescued().size(), 2000U) << said();
  expect_each_in_one_place();
}

TEST_P(DrainTest, WhatAFullMapDoesNotTakeIsRescued) {
  fill(2000);
  write("others", entry_lines(22000, {4, 8}, possible_cpus()));
  const Outcome outcome =
      run_drain_beside("tail -n 19000 others | percpumap -q import $PINS/t; exec 7<&-; wait");
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(status(), "141\n") << said();
  EXPECT_EQ(rescued().size(), 1000U) << said();
  out_of(
      "tail -n 19000 others | cut -c 9-16 | while read key; do echo hex $key; done > keys; "
      "percpumap delete $PINS/t $(sed 's/^/key /' keys) > /dev/null");
  expect_each_in_one_place();
}

TEST_P(DrainTest, WhatTheRescueFileDoesNotTakeIsShown) {
  fill(2000);
  run_drain(
      "mkfifo pipe; export TMPDIR=$TMP/small; mkdir small; unshare -m sh -c 'mount -t tmpfs -o size=64k "
      "tmpfs small || exit; { percpumap -q batch-dump $PINS/t --delete -o ndjson > pipe 2> said; "
      "echo $? > status; } & exec 7< pipe; sleep 0.5; percpumap -q freeze $PINS/t; exec 7<&-; wait; "
      "cp small/* rescue'");
  EXPECT_EQ(status(), "141\n") << said();
  EXPECT_GT(rescued().size(), 100U);
  EXPECT_LT(rescued().size(), 2000U);
  out_of("grep '^{' said >> drained");
  expect_each_in_one_place();
}

TEST_P(DrainTest, WithoutARescueFileTakesNothing) {
  fill(100);
  write("there", "");
  run_drain("drain --rescue there > drained");
  EXPECT_EQ(status(), "73\n");
  EXPECT_NE(said().find("--rescue FILE"), std::string::npos) << said();
  EXPECT_EQ(out_of("ls there"), "there\n") << "it is not ours";
  run_drain("TMPDIR=/nonexistent; drain > drained");
  EXPECT_EQ(status(), "73\n");
  run_drain("ln -s elsewhere link; drain --rescue link > drained");
  EXPECT_EQ(status(), "73\n");
  EXPECT_EQ(left().size(), lines_.size());
  expect_each_in_one_place();
}

INSTANTIATE_TEST_SUITE_P(Grounds, DrainTest, testing::Values(Ground::kernel, Ground::sim),
                         [](const auto& row) { return std::string(ground_name(row.param)); });

// Simulated kernels that fail.
class FaultyDrainTest : public DrainTest {};

TEST_P(FaultyDrainTest, AMapThatCannotBeReadAnyFurtherLeavesAWholeDocument) {
  fill(500);
  run_drain("PERCPUMAP_SIM_FAULTS=take_batch:3:EPERM drain --batch-size 100 > drained");
  EXPECT_EQ(status(), "77\n") << said();
  EXPECT_GT(drained().size(), 100U);
  expect_each_in_one_place();
}

TEST_P(FaultyDrainTest, EntriesThatComeAlongWithAnErrorAreDrained) {
  fill(500);
  run_drain("PERCPUMAP_SIM_FAULTS=take_batch:1:EBUSY,take_batch:3:ENOMEM drain --batch-size 100 > drained");
  EXPECT_EQ(status(), "0\n") << said();
  EXPECT_TRUE(drained() == lines_);
  expect_each_in_one_place();
}

TEST_P(FaultyDrainTest, PuttingBackWaitsForMemory) {
  fill(500, "flags no_prealloc");
  run_drain("PERCPUMAP_SIM_FAULTS=update:1:ENOMEM,update:2:ENOMEM,update:9:EBUSY drain > /dev/full");
  EXPECT_EQ(status(), "74\n") << said();
  EXPECT_EQ(left().size(), lines_.size());
  expect_each_in_one_place();
}

TEST_P(FaultyDrainTest, PuttingBackWaitsOnceForMemoryThatDoesNotCome) {
  fill(500, "flags no_prealloc");
  run_drain("PERCPUMAP_SIM_FAULTS=update:11+:ENOMEM drain > /dev/full");
  EXPECT_EQ(status(), "74\n") << said();
  EXPECT_EQ(left().size(), 10U);
  EXPECT_EQ(rescued().size(), 490U);
  expect_each_in_one_place();
}

INSTANTIATE_TEST_SUITE_P(Grounds, FaultyDrainTest, testing::Values(Ground::sim),
                         [](const auto& row) { return std::string(ground_name(row.param)); });

}  // namespace
}  // namespace percpumap::test
