#include "support/process.h"

#include <gtest/gtest.h>

#include <chrono>
#include <system_error>

namespace percpumap::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

TEST(Process, KeepsStreamsAndStatus) {
  const Outcome outcome = run(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
  EXPECT_EQ(outcome.status, 3);
  EXPECT_FALSE(outcome.timed_out);
}

TEST(Process, ASignalIsAStatusAbove128) {
  EXPECT_EQ(run(shell("kill -TERM $$")).status, 128 + 15);
}

TEST(Process, GivesInputEnvironmentAndDirectory) {
  Command command = shell("cat; echo $WORD; pwd");
  command.input = "text\n";
  command.environment = {{"WORD", "value"}};
  command.directory = "/";
  EXPECT_EQ(run(command).out, "text\nvalue\n/\n");
}

TEST(Process, ManyBytesBothWaysDoNotBlock) {
  Command command = shell("cat; cat /dev/null");
  command.input.assign(1 << 20, 'x');
  EXPECT_EQ(run(command).out, command.input);
}

TEST(Process, TheTimeOutEndsTheCommandAndItsChildren) {
  Command command = shell("echo started; sleep 60 & sleep 60");
  command.time_out = milliseconds(200);
  const auto before = steady_clock::now();
  const Outcome outcome = run(command);
  EXPECT_LT(steady_clock::now() - before, seconds(30));
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.status, 128 + 9);
  EXPECT_EQ(outcome.out, "started\n");
}

TEST(Process, AProgramThatIsNotThereThrows) {
  Command command;
  command.argv = {"/nonexistent/program"};
  EXPECT_THROW(run(command), std::system_error);
}

}  // namespace
}  // namespace percpumap::test
