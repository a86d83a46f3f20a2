#include "input/input_text.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace percpumap {
namespace {

constexpr size_t kBlock = 256 << 10;

}  // namespace

bool InputText::read_more() {
  if (at_end_) return false;
  make_room();
  for (;;) {
    wait();
    const ssize_t got = ::read(fd_, buffer_.data() + end_, buffer_.size() - end_);
    if (got >= 0) {
      end_ += static_cast<size_t>(got);
      at_end_ = got == 0;
      return !at_end_;
    }
    const int number = errno;
    // Whoever shares a descriptor without blocking may have been quicker.
    if (number == EINTR || number == EAGAIN) continue;
    throw Error(Problem::system, "cannot read the input: " + errno_text(number))
        .because(errno_code(number))
        .in("read");
  }
}

void InputText::make_room() {
  if (begin_ > 0 && buffer_.size() - end_ < kBlock) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < kBlock) buffer_.resize(2 * (buffer_.size() + kBlock));
}

// A signal alone would not do: it may come just before read(2), and goes to any thread.
void InputText::wait() const {
  std::array<pollfd, 2> watched = {pollfd{fd_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
  while (poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
  }
  if (watched[1].revents != 0) {
    throw Error(Problem::interrupted, "interrupted while reading the input").in("read");
  }
}

}  // namespace percpumap
