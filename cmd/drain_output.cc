#include "cmd/drain_output.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>

#include "base/error.h"

namespace percpumap {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 5s;
constexpr auto kPatienceAfterSignal = 1s;
constexpr int kTick = 50;  // milliseconds between looks at a reader

mode_t type_of(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 ? status.st_mode & mode_t{S_IFMT} : 0;
}

// Since when a position has been the same.
class Standstill {
 public:
  explicit Standstill(uint64_t position) : position_(position) {}

  bool lasts(uint64_t position, std::chrono::seconds limit) {
    if (position != position_) *this = Standstill(position);
    return std::chrono::steady_clock::now() - since_ >= limit;
  }

 private:
  uint64_t position_;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

}  // namespace

// What is ready takes PIPE_BUF bytes without blocking (pipe(7)); so do a file and a device, with any number.
DrainOutput::DrainOutput(int fd, HeldSignals& signals)
    : fd_(fd),
      signals_(signals),
      pipe_(type_of(fd) == S_IFIFO),
      limit_(type_of(fd) == S_IFREG ? SIZE_MAX : PIPE_BUF) {}

void DrainOutput::write(std::string_view text) {
  while (!text.empty()) {
    wait_writable();
    const ssize_t count = ::write(fd_, text.data(), std::min(text.size(), limit_));
    if (count >= 0) {
      accepted_ += static_cast<uint64_t>(count);
      text.remove_prefix(static_cast<size_t>(count));
    } else if (errno != EAGAIN && errno != EINTR) {
      fail(errno);
    }
  }
}

void DrainOutput::wait_writable() {
  for (Standstill standstill(taken());;) {
    const bool raised = signals_.raised();
    pollfd waiting[] = {{.fd = fd_, .events = POLLOUT, .revents = 0},
                        {.fd = signals_.fd(), .events = POLLIN, .revents = 0}};
    if (poll(waiting, std::size(waiting), raised ? kTick : -1) < 0 && errno != EINTR) fail(errno);
    if (waiting[0].revents != 0) return;
    if (!raised) {
      standstill = Standstill(taken());
    } else if (standstill.lasts(taken(), kPatienceAfterSignal)) {
      throw Error(Problem::interrupted, "interrupted; the output takes nothing more, so the document is cut");
    }
  }
}

uint64_t DrainOutput::settle() {
  int tick = 1;
  for (Standstill standstill(taken()); taken() < accepted_;) {
    // What is gone takes no more, so the second look is final.
    if (reader_gone() && taken() < accepted_) fail(EPIPE);
    if (standstill.lasts(taken(), signals_.raised() ? kPatienceAfterSignal : kPatience)) break;
    pollfd waiting{.fd = fd_, .events = 0, .revents = 0};
    poll(&waiting, 1, tick);
    tick = std::min(2 * tick, kTick);
  }
  return accepted_ - taken();
}

uint64_t DrainOutput::taken() const {
  int standing = 0;
  if (!pipe_ || ioctl(fd_, FIONREAD, &standing) != 0) return accepted_;
  return accepted_ - std::min(accepted_, static_cast<uint64_t>(standing));
}

bool DrainOutput::reader_gone() const {
  pollfd looking{.fd = fd_, .events = 0, .revents = 0};
  return pipe_ && poll(&looking, 1, 0) > 0 && (looking.revents & POLLERR) != 0;
}

void DrainOutput::fail(int error) {
  throw Error(Problem::output_failed, "cannot write the output: " + errno_text(error))
      .because(errno_code(error));
}

}  // namespace percpumap
