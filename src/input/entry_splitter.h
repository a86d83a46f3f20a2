// Text to the pieces that hold one entry each, without looking into them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "input/entry_reader.h"

namespace percpumap {

// The longest entry, so that an endless line cannot take all memory: room for the largest per-CPU value there
// is (PCPU_MIN_UNIT_SIZE, 32 KiB: include/linux/percpu.h) of 1000 CPUs in hexadecimal.
inline constexpr size_t kMaxEntryText = size_t{64} << 20;

// Holds one block of the input (256 KiB) and the entry that it is at.
class EntrySplitter {
 public:
  // Reads from `fd`, which stays the caller's. format none: by the first byte that is not white space.
  EntrySplitter(int fd, std::optional<ImportFormat> format) : fd_(fd), format_(format) {}

  // The text of the next entry, good until the next call: a line (ndjson), or one element of the array, cut
  // where its braces close (json). nullopt at the end. Throws Error (bad_data) for a NUL byte, for an entry
  // that is too long and for what is no array; Error (system, interrupted) when read(2) fails.
  std::optional<std::string_view> next();

  // The line, from 1, on which the latest entry started, or what next() threw about.
  uint64_t line() const { return line_; }

 private:
  bool find_line();
  bool find_element();
  bool open_array();
  bool pass_comma();
  bool close_array();
  size_t line_size();
  size_t object_size();

  // The byte `offset` behind the position; -1 at the end of the input.
  int peek(size_t offset = 0) {
    return begin_ + offset < end_ || fill(offset) ? static_cast<unsigned char>(buffer_[begin_ + offset]) : -1;
  }
  // Likewise, of an entry that began at the position: Error when it grows too long or holds a NUL byte.
  int peek_entry(size_t offset);
  // Moves to the next byte that is not white space; -1 at the end.
  int peek_text();
  std::string_view take(size_t size);
  bool fill(size_t offset);
  void read_block();

  int fd_;
  std::optional<ImportFormat> format_;
  std::vector<char> buffer_;
  size_t begin_ = 0;  // the position; [begin_, end_) is read and not yet taken
  size_t end_ = 0;
  bool at_end_ = false;     // of the input
  bool in_array_ = false;   // behind the '['
  bool over_ = false;       // nullopt was said
  uint64_t next_line_ = 1;  // that of the position
  uint64_t line_ = 1;
};

}  // namespace percpumap
