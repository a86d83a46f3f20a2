// The output of a drain, which knows what has been delivered.
#pragma once

#include <cstdint>
#include <string_view>

#include "cmd/held_signals.h"

namespace percpumap {

// Positions are bytes of the output, from its start. Nothing is held back: write() returns when the kernel
// has accepted all.
class DrainOutput {
 public:
  // Writes to `fd`, which stays the caller's. A signal is noticed also while the output takes nothing.
  DrainOutput(int fd, HeldSignals& signals);

  // Throws Error: output_failed with the errno as cause; interrupted if a signal has come and then nothing
  // moves for a second.
  void write(std::string_view text);

  // Waits until the reader of a pipe has taken everything; not longer than five seconds (one, if a signal has
  // come) in which it takes nothing, for some parents read only when their child has ended. Returns how many
  // bytes it left. Throws Error (output_failed, EPIPE) when it is gone without having taken all.
  uint64_t settle();

  uint64_t accepted() const { return accepted_; }
  // What nothing can bring back: accepted, and of a pipe also taken by its reader. If others write to the
  // same pipe at the same time it is less.
  uint64_t taken() const;
  // What counts as delivered if nothing more is written: what stands in a pipe belongs to its reader, as long
  // as there is one.
  uint64_t delivered() const { return reader_gone() ? taken() : accepted_; }

 private:
  void wait_writable();
  bool reader_gone() const;
  [[noreturn]] static void fail(int error);

  int fd_;
  HeldSignals& signals_;
  bool pipe_;
  size_t limit_;  // of one write(2)
  uint64_t accepted_ = 0;
};

}  // namespace percpumap
