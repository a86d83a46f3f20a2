// Characters to a file descriptor, in large blocks, every write checked.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>

namespace percpumap {

// Copies `text` to a place within what room() gave and returns its end.
inline char* put(char* out, std::string_view text) {
  return std::copy(text.begin(), text.end(), out);
}

// Every method may throw Error (output_failed, with the errno as cause: EPIPE for a closed pipe, ENOSPC for a
// full device). After a throw the sink drops what it held and what comes.
class Sink {
 public:
  // Writes to `fd`, which stays the caller's. A descriptor that does not block is waited for. `styled`: it is
  // a terminal that shows bold text.
  explicit Sink(int fd, bool styled = false);
  // Drops what was not flushed: a failure could not be told from here.
  ~Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  void write(std::string_view text) { wrote(put(room(text.size()), text)); }

  // At least `size` writable characters at the returned place; what was written there is kept by wrote(end).
  char* room(size_t size) {
    if (capacity_ - used_ < size) make_room(size);
    return buffer_.get() + used_;
  }
  void wrote(const char* end) { used_ = static_cast<size_t>(end - buffer_.get()); }

  // Around the titles of a table.
  void begin_title() { write(styled_ ? "\x1b[1m" : ""); }
  void end_title() { write(styled_ ? "\x1b[0m" : ""); }

  // Hands everything to the kernel.
  void flush();
  // flush, and close(2) of a duplicate, which is where some file systems report a failed write.
  void finish();

 private:
  void make_room(size_t size);
  void write_all(std::string_view text);
  [[noreturn]] void fail(int error);

  int fd_;
  bool styled_;
  size_t capacity_;
  std::unique_ptr<char[]> buffer_;
  size_t used_ = 0;
  bool failed_ = false;
};

}  // namespace percpumap
