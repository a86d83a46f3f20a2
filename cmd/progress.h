// How far a long piece of work is, for the person who waits at a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace percpumap {

// One line on stderr, written over and over from the second second on, and erased at the end: entries,
// rate, share done, time left. Only if stderr is a terminal, and stdout none on which rows scroll; not under
// -q, and not under -v, which has lines of its own. One thread at a time.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  // What the work prints meanwhile on stdout.
  enum class Prints { rows, nothing };

  // `label`: "draining".
  explicit Progress(std::string label, Prints prints = Prints::rows);
  // On `fd`, whatever it is (below 0: nowhere), by the clock `now`.
  Progress(std::string label, int fd, std::function<Clock::time_point()> now);
  ~Progress() { erase(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Entries so far, and which share (0 to 1) of the work that is, where it is known. Asks the clock, and
  // writes at most five times a second.
  void update(uint64_t entries, std::optional<double> share = {});
  // Before something else is written to the terminal.
  void erase();

 private:
  std::string line(uint64_t entries, std::optional<double> share, double seconds) const;
  void show(const std::string& text) const;

  std::string label_;
  int fd_;
  std::function<Clock::time_point()> now_;
  Clock::time_point start_;
  Clock::time_point next_;
  bool shown_ = false;
};

}  // namespace percpumap
