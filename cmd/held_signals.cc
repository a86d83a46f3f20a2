#include "cmd/held_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"

namespace percpumap {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

sigset_t signals_to_hold() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    if (!is_ignored(signal)) sigaddset(&signals, signal);
  }
  return signals;
}

}  // namespace

HeldSignals::HeldSignals() {
  const sigset_t signals = signals_to_hold();
  fd_ = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd_ < 0) {
    const int error = errno;
    throw Error(Problem::system, "cannot wait for signals: " + errno_text(error)).because(errno_code(error));
  }
  sigprocmask(SIG_BLOCK, &signals, &before_);
}

HeldSignals::~HeldSignals() {
  raised();
  close(fd_);
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool HeldSignals::raised() {
  signalfd_siginfo signal;
  while (read(fd_, &signal, sizeof signal) > 0) raised_ = true;
  return raised_;
}

}  // namespace percpumap
