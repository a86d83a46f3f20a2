#include "cmd/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "cmd/log.h"

namespace percpumap {
namespace {

constexpr auto kSilence = std::chrono::seconds(1);
constexpr auto kInterval = std::chrono::milliseconds(200);

int terminal(Progress::Prints prints) {
  if (!verbose(0) || verbose(1) || isatty(STDERR_FILENO) == 0) return -1;
  return prints == Progress::Prints::rows && isatty(STDOUT_FILENO) != 0 ? -1 : STDERR_FILENO;
}

// A line that wraps could not be erased.
size_t columns(int fd) {
  winsize size{};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string time_left(double seconds) {
  return seconds < 120 ? fmt::format("{:.0f} s left", seconds) : fmt::format("{:.0f} min left", seconds / 60);
}

}  // namespace

Progress::Progress(std::string label, Prints prints)
    : Progress(std::move(label), terminal(prints), Clock::now) {}

Progress::Progress(std::string label, int fd, std::function<Clock::time_point()> now)
    : label_(std::move(label)), fd_(fd), now_(std::move(now)), start_(now_()), next_(start_ + kSilence) {}

void Progress::update(uint64_t entries, std::optional<double> share) {
  if (fd_ < 0) return;
  const auto now = now_();
  if (now < next_) return;
  next_ = now + kInterval;
  show(line(entries, share, std::chrono::duration<double>(now - start_).count()).substr(0, columns(fd_) - 1));
  shown_ = true;
}

void Progress::erase() {
  if (std::exchange(shown_, false)) show("");
}

std::string Progress::line(uint64_t entries, std::optional<double> share, double seconds) const {
  std::string text =
      fmt::format("{}: {} entries, {:.0f} a second", label_, entries, static_cast<double>(entries) / seconds);
  if (!share || *share <= 0) return text;
  const double done = std::min(*share, 1.0);
  return text + fmt::format(", {:.0f} %, {}", 100 * done, time_left(seconds * (1 - done) / done));
}

// From the line's start, over what stood there. A terminal that takes nothing costs the progress, no more.
void Progress::show(const std::string& text) const {
  const std::string over = "\r\x1b[K" + text;
  [[maybe_unused]] const ssize_t ignored = ::write(fd_, over.data(), over.size());
}

}  // namespace percpumap
