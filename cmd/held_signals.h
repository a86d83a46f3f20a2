// Signals that would end the program wait while it has something in hand that must not be lost.
#pragma once

#include <csignal>

namespace percpumap {

// Holds SIGINT, SIGTERM, SIGHUP and SIGQUIT, but for those that are ignored. At its end they act again as
// before; those that came meanwhile are used up.
class HeldSignals {
 public:
  // Throws Error (system).
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  // Whether one has come.
  bool raised();
  // Readable when one has come since the last raised(): to wait for it together with something else.
  int fd() const { return fd_; }

 private:
  int fd_;
  sigset_t before_;
  bool raised_ = false;
};

}  // namespace percpumap
