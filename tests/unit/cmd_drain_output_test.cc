#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "base/error.h"
#include "cmd/drain_output.h"

namespace percpumap {
namespace {

using namespace std::chrono_literals;

std::error_code cause_of(const std::function<void()>& call, Problem problem) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), problem) << error.what();
    return error.cause;
  }
  ADD_FAILURE() << "no Error";
  return {};
}

class DrainOutputTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(pipe2(ends_, O_CLOEXEC), 0);
    ASSERT_EQ(fcntl(ends_[1], F_SETPIPE_SZ, 65536), 65536);
  }
  ~DrainOutputTest() override {
    leave();
    close(ends_[1]);
    std::signal(SIGPIPE, before_);
  }

  // The reader's end of the pipe.
  void take(size_t count) {
    std::string text(count, '\0');
    ASSERT_EQ(read(ends_[0], text.data(), count), static_cast<ssize_t>(count));
  }
  void leave() {
    if (ends_[0] >= 0) close(std::exchange(ends_[0], -1));
  }
  // Does `what` a little later.
  template <typename What>
  std::thread later(What what) {
    return std::thread([what] {
      std::this_thread::sleep_for(200ms);
      what();
    });
  }

  int ends_[2] = {-1, -1};
  sighandler_t before_ = std::signal(SIGPIPE, SIG_IGN);
  HeldSignals signals_;
};

TEST_F(DrainOutputTest, CountsWhatTheReaderHasTaken) {
  DrainOutput output(ends_[1], signals_);
  output.write(std::string(1000, 'x'));
  EXPECT_EQ(output.accepted(), 1000U);
  EXPECT_EQ(output.taken(), 0U);
  EXPECT_EQ(output.delivered(), 1000U) << "its reader can still take it";
  take(300);
  EXPECT_EQ(output.taken(), 300U);
  leave();
  EXPECT_EQ(output.taken(), 300U);
  EXPECT_EQ(output.delivered(), 300U);
}

TEST_F(DrainOutputTest, CountsNothingOfWhatStoodInThePipeBefore) {
  ASSERT_EQ(::write(ends_[1], "12345", 5), 5);
  DrainOutput output(ends_[1], signals_);
  output.write("abc");
  EXPECT_EQ(output.taken(), 0U);
  take(6);
  EXPECT_EQ(output.taken(), 1U);
}

TEST_F(DrainOutputTest, FailsWhenTheReaderLeavesAFullPipe) {
  DrainOutput output(ends_[1], signals_);
  std::thread reader = later([this] { leave(); });
  EXPECT_EQ(cause_of([&] { output.write(std::string(100000, 'x')); }, Problem::output_failed).value(), EPIPE);
  reader.join();
  EXPECT_EQ(output.accepted(), 65536U);
  EXPECT_EQ(output.delivered(), 0U);
}

TEST_F(DrainOutputTest, SettlesWhenTheReaderHasTakenAll) {
  DrainOutput output(ends_[1], signals_);
  output.write(std::string(1000, 'x'));
  std::thread reader = later([this] {
    take(1000);
    leave();
  });
  EXPECT_EQ(output.settle(), 0U);
  reader.join();
}

TEST_F(DrainOutputTest, DoesNotSettleWhenTheReaderLeavesSomething) {
  DrainOutput output(ends_[1], signals_);
  output.write(std::string(1000, 'x'));
  std::thread reader = later([this] {
    take(999);
    leave();
  });
  EXPECT_EQ(cause_of([&] { output.settle(); }, Problem::output_failed).value(), EPIPE);
  reader.join();
  EXPECT_EQ(output.delivered(), 999U);
}

TEST_F(DrainOutputTest, SettlesAtOnceWhereNobodyReads) {
  const int file = memfd_create("output", MFD_CLOEXEC);
  DrainOutput output(file, signals_);
  output.write(std::string(1000000, 'x'));
  EXPECT_EQ(output.settle(), 0U);
  EXPECT_EQ(output.delivered(), 1000000U);
  EXPECT_EQ(lseek(file, 0, SEEK_END), 1000000);
  close(file);
}

TEST_F(DrainOutputTest, ASignalEndsTheWaitForAReaderThatTakesNothing) {
  DrainOutput output(ends_[1], signals_);
  std::thread sender = later([] { kill(getpid(), SIGTERM); });
  const auto start = std::chrono::steady_clock::now();
  cause_of([&] { output.write(std::string(100000, 'x')); }, Problem::interrupted);
  EXPECT_GT(std::chrono::steady_clock::now() - start, 1s);
  sender.join();
  EXPECT_EQ(output.delivered(), 65536U) << "the reader can still take it";
  EXPECT_EQ(output.settle(), 65536U);
}

TEST_F(DrainOutputTest, AfterASignalAReaderThatReadsOnGetsEverything) {
  DrainOutput output(ends_[1], signals_);
  raise(SIGTERM);
  std::thread reader([this] {
    for (int i = 0; i < 10; ++i) {
      std::this_thread::sleep_for(150ms);
      take(10000);
    }
  });
  output.write(std::string(100000, 'x'));
  EXPECT_EQ(output.settle(), 0U);
  reader.join();
}

TEST_F(DrainOutputTest, WaitsForAPipeThatDoesNotBlock) {
  ASSERT_EQ(fcntl(ends_[1], F_SETFL, O_NONBLOCK), 0);
  DrainOutput output(ends_[1], signals_);
  std::thread reader = later([this] {
    for (int i = 0; i < 50; ++i) take(4096);
  });
  output.write(std::string(size_t{50} * 4096, 'x'));
  reader.join();
  EXPECT_EQ(output.settle(), 0U);
}

TEST_F(DrainOutputTest, SaysWhatAFullFileHasAccepted) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  DrainOutput output(full, signals_);
  EXPECT_EQ(cause_of([&] { output.write("text"); }, Problem::output_failed).value(), ENOSPC);
  EXPECT_EQ(output.delivered(), 0U);
  close(full);
}

TEST(HeldSignals, AreUsedUpAtTheEnd) {
  {
    HeldSignals signals;
    EXPECT_FALSE(signals.raised());
    raise(SIGTERM);
    EXPECT_TRUE(signals.raised());
    raise(SIGHUP);
    raise(SIGINT);
    EXPECT_TRUE(signals.raised());
  }
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGHUP), 0);
}

TEST(HeldSignals, LeaveIgnoredOnesAlone) {
  const auto before = std::signal(SIGHUP, SIG_IGN);
  HeldSignals signals;
  raise(SIGHUP);
  EXPECT_FALSE(signals.raised());
  std::signal(SIGHUP, before);
}

}  // namespace
}  // namespace percpumap
