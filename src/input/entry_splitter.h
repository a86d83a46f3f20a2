// Text to the pieces that hold one entry each, without looking into them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "input/entry_format.h"
#include "input/input_text.h"

namespace percpumap {

// The longest piece, so that an endless line cannot take all memory: room for the largest per-CPU value there
// is (PCPU_MIN_UNIT_SIZE, 32 KiB: include/linux/percpu.h) of 1000 CPUs in hexadecimal.
inline constexpr size_t kMaxEntryText = size_t{64} << 20;

// Holds no more of the input than a block and the piece that it is at.
class EntrySplitter {
 public:
  // `fd` and `stop`: as InputText's. format none: by the first byte that is not white space.
  EntrySplitter(int fd, std::optional<ImportFormat> format, int stop = -1)
      : input_(fd, stop), format_(format) {}

  // The format that was given or found; the first call may read.
  ImportFormat format();

  // The next piece, good until the next call: a line (ndjson); one element of the array, cut where its braces
  // close (json, bpftool_json); one record, the header too, which ends at a newline that is in no quoted cell
  // (csv). nullopt at the end. Blank lines are passed. Throws Error (bad_data) for a NUL byte, for a piece
  // that is too long and for what is no array; what InputText throws.
  std::optional<std::string_view> next();

  // The line, from 1, on which the latest piece started, or what next() threw about.
  uint64_t line() const { return line_; }

 private:
  // Moves to the next piece; false at the end.
  bool find_piece();
  bool find_element();
  bool open_array();
  bool pass_comma();
  bool close_array();
  std::string_view take_piece();
  // Of what begins at the position.
  size_t line_size();
  size_t record_size();
  size_t element_size();
  // Passes these characters; the one that comes then, -1 at the end.
  int peek(std::string_view passed);
  std::string_view take_lines(size_t size);
  // Of text without a newline.
  std::string_view take(size_t size);

  InputText input_;
  std::optional<ImportFormat> format_;
  bool in_array_ = false;   // behind the '['
  bool over_ = false;       // nullopt was said
  uint64_t next_line_ = 1;  // that of the position
  uint64_t line_ = 1;
};

}  // namespace percpumap
