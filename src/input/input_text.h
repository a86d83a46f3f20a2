// The characters of a descriptor, through a window that moves along.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace percpumap {

// Reads in blocks of 256 KiB and holds what was read and not yet dropped.
class InputText {
 public:
  // Reads from `fd`. `stop` (-1: none) is a descriptor that becomes readable when reading is to end, an
  // eventfd(2) for one. Both stay the caller's.
  InputText(int fd, int stop) : fd_(fd), stop_(stop) {}

  // What was read and not dropped; good until the next read_more().
  std::string_view ahead() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void drop(size_t size) { begin_ += size; }

  // Waits for more and appends it to ahead(); false at the end of the input. Throws Error (system) when it
  // cannot be read, Error (interrupted) when `stop` is readable, also before and while it waits.
  bool read_more();

 private:
  void make_room();
  void wait() const;

  int fd_;
  int stop_;
  std::vector<char> buffer_;
  size_t begin_ = 0;  // [begin_, end_) is ahead
  size_t end_ = 0;
  bool at_end_ = false;
};

}  // namespace percpumap
