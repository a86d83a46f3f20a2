#include "output/sink.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"

namespace percpumap {
namespace {

constexpr size_t kBlock = size_t{256} << 10;
constexpr int kPipe = 1 << 20;  // the most that users without rights may have (/proc/sys/fs/pipe-max-size)

void wait_writable(int fd) {
  pollfd waiting{.fd = fd, .events = POLLOUT, .revents = 0};
  poll(&waiting, 1, -1);
}

}  // namespace

Sink::Sink(int fd, bool styled) : fd_(fd), styled_(styled) {
  enlarge(kBlock);
}

void Sink::make_room(size_t size) {
  flush();
  if (size > capacity()) enlarge(size);
}

void Sink::pass(std::string_view text) {
  flush();
  if (!failed_) write_all(text);
}

void Sink::flush() {
  const std::string_view text = view();
  clear();
  if (!failed_) write_all(text);
}

void Sink::write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd_, text.data(), text.size());
    if (count >= 0) {
      written_ += static_cast<uint64_t>(count);
      text.remove_prefix(static_cast<size_t>(count));
    } else if (errno == EAGAIN) {
      wait_writable(fd_);
    } else if (errno != EINTR) {
      fail(errno);
    }
  }
}

void Sink::finish() {
  flush();
  if (failed_) return;
  // A descriptor that cannot be duplicated has no more to tell: every write to it was checked.
  const int copy = dup(fd_);
  if (copy < 0) return;
  // After EINTR Linux has closed it all the same.
  if (close(copy) != 0 && errno != EINTR) fail(errno);
}

void Sink::widen_pipe() const {
  fcntl(fd_, F_SETPIPE_SZ, kPipe);  // what is no pipe says no
}

void Sink::fail(int error) {
  failed_ = true;
  throw Error(Problem::output_failed, "cannot write the output: " + errno_text(error))
      .because(errno_code(error));
}

}  // namespace percpumap
