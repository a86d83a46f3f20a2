#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <utility>

#include "base/error.h"
#include "output/sink.h"
#include "unit/output_fixture.h"

namespace percpumap {
namespace {

constexpr size_t kLarge = size_t{3} << 20;  // many pipes full

std::string counted_text(size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size()) + "\n";
  return text;
}

struct Pipe {
  Pipe() { EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0); }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(size_t i) {
    if (ends[i] >= 0) close(std::exchange(ends[i], -1));
  }
  int ends[2] = {-1, -1};
};

// Reads all that comes through a pipe, in a thread; `pause` comes before each read.
class Reader {
 public:
  template <typename Pause>
  Reader(Pipe& pipe, Pause pause) : pipe_(pipe) {
    thread_ = std::thread([this, pause] {
      char block[1000];
      ssize_t count = 0;
      do {
        all_.append(block, static_cast<size_t>(count));
        pause();
        count = read(pipe_.ends[0], block, sizeof block);
      } while (count > 0);
    });
  }
  ~Reader() { finish(); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Closes the writing end.
  const std::string& finish() {
    pipe_.close_end(1);
    if (thread_.joinable()) thread_.join();
    return all_;
  }

 private:
  Pipe& pipe_;
  std::string all_;
  std::thread thread_;
};

std::error_code cause_of_failure(int fd) {
  Sink sink(fd);
  try {
    sink.write("text");
    sink.finish();
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::output_failed);
    return error.cause;
  }
  return {};
}

TEST(Sink, HoldsTextUntilFlush) {
  Capture capture;
  capture.sink().write("one ");
  capture.sink().write("two");
  EXPECT_EQ(capture.text(), "one two");
}

TEST(Sink, KeepsOnlyWhatWasWrittenToItsRoom) {
  Capture capture;
  char* out = capture.sink().room(100);
  std::fill_n(out, 100, 'x');
  capture.sink().wrote(out + 3);
  capture.sink().write("y");
  EXPECT_EQ(capture.text(), "xxxy");
}

TEST(Sink, GivesRoomBeyondItsBlock) {
  Capture capture;
  capture.sink().write("before ");
  char* out = capture.sink().room(kLarge);
  std::fill_n(out, kLarge, 'x');
  capture.sink().wrote(out + kLarge);
  EXPECT_EQ(capture.text(), "before " + std::string(kLarge, 'x'));
}

TEST(Sink, WritesInLargeBlocks) {
  Capture capture;
  const std::string block(255 << 10, 'x');
  capture.sink().write(block);
  EXPECT_EQ(lseek(capture.fd(), 0, SEEK_END), 0) << "255 KiB are held";
  capture.sink().write(block);
  EXPECT_GT(lseek(capture.fd(), 0, SEEK_END), 0) << "510 KiB are not";
}

TEST(Sink, WaitsForADescriptorThatDoesNotBlock) {
  Pipe pipe;
  ASSERT_EQ(fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK), 0);
  Reader reader(pipe, [] {});
  const std::string sent = counted_text(kLarge);
  Sink sink(pipe.ends[1]);
  for (size_t i = 0; i < sent.size(); i += 1000) sink.write(std::string_view(sent).substr(i, 1000));
  sink.finish();
  EXPECT_TRUE(reader.finish() == sent);
}

TEST(Sink, GivesAPipeMoreRoomOnlyWhenAsked) {
  const Pipe pipe;
  const int before = fcntl(pipe.ends[1], F_GETPIPE_SZ);
  const Sink sink(pipe.ends[1]);
  EXPECT_EQ(fcntl(pipe.ends[1], F_GETPIPE_SZ), before);
  sink.widen_pipe();
  EXPECT_EQ(fcntl(pipe.ends[1], F_GETPIPE_SZ), 1 << 20);
}

TEST(Sink, GoesOnAfterSignals) {
  struct sigaction action {};
  struct sigaction before {};
  static std::atomic<int> signals;
  signals = 0;
  action.sa_handler = [](int) { ++signals; };  // without SA_RESTART: write(2) is cut short or ends with EINTR
  ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
  Pipe pipe;
  const pthread_t writer = pthread_self();
  Reader reader(pipe, [writer] { pthread_kill(writer, SIGUSR1); });
  const std::string sent = counted_text(kLarge);
  Sink sink(pipe.ends[1]);
  sink.write(sent);
  sink.finish();
  EXPECT_TRUE(reader.finish() == sent);
  sigaction(SIGUSR1, &before, nullptr);
  EXPECT_GT(signals, 0);
}

TEST(Sink, SaysThatTheDeviceIsFull) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  Sink sink(full);
  sink.write("text");
  try {
    sink.flush();
    ADD_FAILURE() << "no Error";
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::output_failed);
    EXPECT_EQ(error.cause, std::errc::no_space_on_device);
    EXPECT_STREQ(error.what(), "cannot write the output: No space left on device");
  }
  close(full);
}

TEST(Sink, SaysThatNobodyReads) {
  const auto before = signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.close_end(0);
  EXPECT_EQ(cause_of_failure(pipe.ends[1]), std::errc::broken_pipe);
  EXPECT_NE(signal(SIGPIPE, before), SIG_ERR);
}

TEST(Sink, SaysThatTheDescriptorIsClosed) {
  EXPECT_EQ(cause_of_failure(-1), std::errc::bad_file_descriptor);
}

TEST(Sink, ClosedDescriptorDoesNotMatterWithoutText) {
  Sink sink(-1);
  EXPECT_NO_THROW(sink.finish());
}

TEST(Sink, DropsEverythingAfterAFailure) {
  Pipe pipe;
  const int readable_only = pipe.ends[0];
  Sink sink(readable_only);
  sink.write("text");
  EXPECT_THROW(sink.flush(), Error);
  sink.write(counted_text(kLarge));
  EXPECT_NO_THROW(sink.finish());
}

}  // namespace
}  // namespace percpumap
