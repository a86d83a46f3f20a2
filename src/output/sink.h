// Characters to a file descriptor, in large blocks, every write checked.
#pragma once

#include <cstdint>

#include "output/text.h"

namespace percpumap {

// Every method may throw Error (output_failed, with the errno as cause: EPIPE for a closed pipe, ENOSPC for a
// full device). After a throw the sink drops what it held and what comes.
class Sink final : public Text {
 public:
  // Writes to `fd`, which stays the caller's. A descriptor that does not block is waited for. `styled`: it is
  // a terminal that shows bold text. What was not flushed is dropped at the end: a failure could not be told
  // from there.
  explicit Sink(int fd, bool styled = false);

  bool styled() const { return styled_; }

  // Writes what it holds and then `text`, which is not copied.
  void pass(std::string_view text);
  // Hands everything to the kernel.
  void flush();
  // flush, and close(2) of a duplicate, which is where some file systems report a failed write.
  void finish();

  // For much text: gives a pipe more room, where that is permitted (F_SETPIPE_SZ, fcntl(2)). With the usual
  // 64 KiB its reader and its writer wake each other for every piece.
  void widen_pipe() const;

  // Bytes that the kernel has accepted so far.
  uint64_t written() const { return written_; }

 private:
  void make_room(size_t size) override;
  void write_all(std::string_view text);
  [[noreturn]] void fail(int error);

  int fd_;
  bool styled_;
  bool failed_ = false;
  uint64_t written_ = 0;
};

}  // namespace percpumap
