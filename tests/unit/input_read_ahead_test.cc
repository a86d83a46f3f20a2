#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>

#include "base/error.h"
#include "input/read_ahead.h"
#include "support/text_file.h"

namespace percpumap::test {
namespace {

// Keys of 4 bytes, values of 1, CPU 0.
EntryFormat small_format() {
  EntryFormat format;
  format.key = Layout::integer(4, false);
  format.value = Layout::bytes(1);
  format.shape = {4, 1, CpuList({0})};
  return format;
}

std::string line(uint32_t key) {
  return "{\"key\":" + std::to_string(key) + R"(,"values":[{"cpu":0,"value":"00"}]})" + "\n";
}

std::string lines(uint32_t count) {
  std::string text;
  for (uint32_t key = 0; key < count; ++key) text += line(key);
  return text;
}

class StopEvent {
 public:
  StopEvent() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { EXPECT_GE(fd_, 0); }
  ~StopEvent() { close(fd_); }
  StopEvent(const StopEvent&) = delete;
  StopEvent& operator=(const StopEvent&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// A pipe that stays open at both ends and says nothing more.
class SilentPipe {
 public:
  explicit SilentPipe(std::string_view text) {
    EXPECT_EQ(pipe(ends_), 0);
    EXPECT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  ~SilentPipe() {
    close(ends_[0]);
    close(ends_[1]);
  }
  SilentPipe(const SilentPipe&) = delete;
  SilentPipe& operator=(const SilentPipe&) = delete;
  int fd() const { return ends_[0]; }

 private:
  int ends_[2];
};

// Takes all that is left; the keys have to follow each other from `next` on. Answers the key behind the last.
uint32_t take_all(ReadAhead& ahead, uint32_t next = 0) {
  while (const Entries* entries = ahead.next()) {
    for (size_t i = 0; i < entries->batch.count; ++i, ++next) {
      uint32_t key = 0;
      std::memcpy(&key, entries->batch.key(small_format().shape, i).data(), sizeof key);
      EXPECT_EQ(key, next);
      EXPECT_EQ(entries->lines[i], next + 1);
    }
  }
  return next;
}

TEST(ReadAhead, GivesEveryEntryInItsOrder) {
  for (const uint32_t count : {0, 1, 7, 8, 9, 10'000}) {
    const TextFile file(lines(count));
    const StopEvent stop;
    ReadAhead ahead(file.fd(), small_format(), 8, stop.fd());
    EXPECT_EQ(take_all(ahead), count);
    EXPECT_EQ(ahead.next(), nullptr);
  }
}

TEST(ReadAhead, GivesWhatIsBeforeAnErrorFirst) {
  const TextFile file(lines(20) + "oops\n" + lines(20));
  const StopEvent stop;
  ReadAhead ahead(file.fd(), small_format(), 8, stop.fd());
  uint64_t taken = 0;
  try {
    while (const Entries* entries = ahead.next()) taken += entries->batch.count;
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "line 21: not JSON near character 1 of the entry");
  }
  EXPECT_EQ(taken, 20U);
  EXPECT_THROW(ahead.next(), Error);
}

TEST(ReadAhead, StopEndsReadingOfASilentPipe) {
  const SilentPipe silent(lines(10));
  const StopEvent stop;
  ReadAhead ahead(silent.fd(), small_format(), 8, stop.fd());
  EXPECT_EQ(ahead.next()->batch.count, 8U);
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    eventfd_write(stop.fd(), 1);
  });
  EXPECT_EQ(ahead.next()->batch.count, 2U);
  try {
    ahead.next();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::interrupted);
  }
  stopper.join();
}

TEST(ReadAhead, CanBeLeftWhileItWaitsForInput) {
  const SilentPipe silent(lines(3));
  const StopEvent stop;
  const ReadAhead ahead(silent.fd(), small_format(), 8, stop.fd());
}

TEST(ReadAhead, CanBeLeftWhileItWaitsForRoom) {
  const TextFile file(lines(10'000));
  const StopEvent stop;
  ReadAhead ahead(file.fd(), small_format(), 8, stop.fd());
  EXPECT_NE(ahead.next(), nullptr);
}

// However slow the taker is, the reader stays a few batches before it.
TEST(ReadAhead, ReadsNoMoreThanItsBatches) {
  const SilentPipe silent(lines(4));
  const StopEvent stop;
  ReadAhead ahead(silent.fd(), small_format(), 1, stop.fd());
  const Entries* first = ahead.next();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(first->lines, std::vector<uint64_t>{1});
  EXPECT_EQ(ahead.next()->lines, std::vector<uint64_t>{2});
}

}  // namespace
}  // namespace percpumap::test
