// A file for entries that have no other place left.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "output/printer.h"

namespace percpumap {

// One entry a line, in hexadecimal whatever the types, as `import --raw` reads it. The file is there from the
// beginning, for its owner only, and is removed again at the end if it stayed empty.
class RescueFile {
 public:
  // Makes the file at `path`, which must not be there. Throws Error (cannot_create); `operation` is what it
  // is about.
  RescueFile(const std::string& path, const Shape& shape, std::string_view operation);
  ~RescueFile();
  RescueFile(const RescueFile&) = delete;
  RescueFile& operator=(const RescueFile&) = delete;

  // Entry `i`. If the file takes no more, the line goes to stderr.
  void add(const Batch& batch, size_t i);

  const std::string& path() const { return path_; }
  // Entries in the file, and on stderr.
  uint64_t kept() const { return kept_; }
  uint64_t shown() const { return shown_; }

 private:
  bool append(std::string_view line);

  std::string path_;
  int fd_;
  std::unique_ptr<Printer> printer_;
  Text line_;
  uint64_t size_ = 0;
  uint64_t kept_ = 0;
  uint64_t shown_ = 0;
};

// percpumap-rescue-MAP_ID-PID.ndjson in $TMPDIR, else in /var/tmp.
std::string default_rescue_path(uint32_t map_id);

}  // namespace percpumap
