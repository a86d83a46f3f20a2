#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "cmd/progress.h"

namespace percpumap {
namespace {

using std::chrono::milliseconds;

// Progress on a file, by a clock that stands still until it is moved.
class ProgressTest : public testing::Test {
 protected:
  ~ProgressTest() override { close(fd_); }

  void pass(milliseconds time) { now_ += time; }
  std::string written() {
    std::string all(static_cast<size_t>(lseek(fd_, 0, SEEK_END)), '\0');
    return pread(fd_, all.data(), all.size(), 0) == static_cast<ssize_t>(all.size()) ? all : "unreadable";
  }

  int fd_ = memfd_create("terminal", MFD_CLOEXEC);
  Progress::Clock::time_point now_{};
  Progress progress_{"draining", fd_, [this] { return now_; }};
};

TEST_F(ProgressTest, SaysNothingInTheFirstSecond) {
  pass(milliseconds(999));
  progress_.update(1000, 0.5);
  progress_.erase();
  EXPECT_EQ(written(), "");
}

TEST_F(ProgressTest, ShowsEntriesRateShareAndTimeLeft) {
  pass(milliseconds(2000));
  progress_.update(1000, 0.25);
  EXPECT_EQ(written(), "\r\x1b[Kdraining: 1000 entries, 500 a second, 25 %, 6 s left");
}

TEST_F(ProgressTest, CountsLongTimesInMinutes) {
  pass(milliseconds(10000));
  progress_.update(1000, 0.01);
  EXPECT_EQ(written(), "\r\x1b[Kdraining: 1000 entries, 100 a second, 1 %, 16 min left");
}

TEST_F(ProgressTest, LeavesOutTheShareThatIsNotKnown) {
  pass(milliseconds(2000));
  progress_.update(1000);
  pass(milliseconds(200));
  progress_.update(2200, 0);
  EXPECT_EQ(written(),
            "\r\x1b[Kdraining: 1000 entries, 500 a second\r\x1b[Kdraining: 2200 entries, 1000 a second");
}

TEST_F(ProgressTest, WritesFiveTimesASecond) {
  pass(milliseconds(1000));
  for (int i = 0; i < 1000; ++i) {
    progress_.update(1);
    pass(milliseconds(1));
  }
  const std::string all = written();
  EXPECT_EQ(std::count(all.begin(), all.end(), '\r'), 5);
}

TEST_F(ProgressTest, IsErasedOnce) {
  pass(milliseconds(1000));
  progress_.update(1);
  const size_t shown = written().size();
  progress_.erase();
  progress_.erase();
  EXPECT_EQ(written().substr(shown), "\r\x1b[K");
}

TEST(Progress, IsErasedAtItsEnd) {
  const int fd = memfd_create("terminal", MFD_CLOEXEC);
  Progress::Clock::time_point now{};
  {
    Progress progress("reading", fd, [&] { return now; });
    now += milliseconds(1000);
    progress.update(1);
  }
  char end[4] = {};
  EXPECT_EQ(pread(fd, end, 4, lseek(fd, 0, SEEK_END) - 4), 4);
  EXPECT_EQ(std::string(end, 4), "\r\x1b[K");
  close(fd);
}

TEST(Progress, FitsTheTerminal) {
  winsize size{.ws_row = 10, .ws_col = 20, .ws_xpixel = 0, .ws_ypixel = 0};
  int terminal = -1;
  int program = -1;
  ASSERT_EQ(openpty(&terminal, &program, nullptr, nullptr, &size), 0);
  Progress::Clock::time_point now{};
  Progress progress("reading", program, [&] { return now; });
  now += milliseconds(1000);
  progress.update(123456789);
  char shown[100] = {};
  const ssize_t count = read(terminal, shown, sizeof shown);
  EXPECT_EQ(std::string(shown, static_cast<size_t>(std::max<ssize_t>(count, 0))),
            "\r\x1b[Kreading: 123456789 ");
  progress.erase();
  close(program);
  close(terminal);
}

TEST(Progress, WithoutATerminalIsQuiet) {
  Progress::Clock::time_point now{};
  Progress progress("reading", -1, [&] { return now; });
  now += milliseconds(1000);
  progress.update(1);
}

}  // namespace
}  // namespace percpumap
