// A program that runs beside the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace percpumap::test {

// Killed at the end of its scope, and when the test process dies. Its output goes nowhere.
class Background {
 public:
  // Throws std::system_error when it cannot be started. REQUIRES setpriv in PATH.
  explicit Background(const std::vector<std::string>& argv);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

// Asks again and again; false when `done` was still false after 20 seconds.
template <typename Predicate>
bool eventually(Predicate done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

}  // namespace percpumap::test
