#include "cmd/rescue_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/error.h"
#include "output/sink.h"

namespace percpumap {
namespace {

Table raw_table(const Shape& shape) {
  Table table;
  table.shape = shape;
  table.key = Layout::bytes(shape.key_size);
  table.value = Layout::bytes(shape.value_size);
  return table;
}

int make_file(const std::string& path, std::string_view operation) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  const int error = errno;
  throw Error(Problem::cannot_create, "cannot make the rescue file '" + path + "': " + errno_text(error) +
                                          "; nothing is taken out of the map")
      .because(errno_code(error))
      .in(operation)
      .advise("'--rescue FILE' names another one, which must not be there yet");
}

bool write_all(int fd, std::string_view text) {
  try {
    Sink sink(fd);
    sink.pass(text);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

RescueFile::RescueFile(const std::string& path, const Shape& shape, std::string_view operation)
    : path_(path),
      fd_(make_file(path, operation)),
      printer_(make_printer(Format::ndjson, raw_table(shape))) {}

RescueFile::~RescueFile() {
  close(fd_);
  if (kept_ == 0) unlink(path_.c_str());
}

void RescueFile::add(const Batch& batch, size_t i) {
  line_.clear();
  printer_->rows(batch, i, i + 1, line_);
  if (append(line_.view())) {
    ++kept_;
  } else {
    write_all(STDERR_FILENO, line_.view());
    ++shown_;
  }
}

// A line that was cut is removed again, so that what stands in the file can be read.
bool RescueFile::append(std::string_view line) {
  if (write_all(fd_, line)) {
    size_ += line.size();
    return true;
  }
  if (ftruncate(fd_, static_cast<off_t>(size_)) == 0) lseek(fd_, 0, SEEK_END);
  return false;
}

std::string default_rescue_path(uint32_t map_id) {
  const char* directory = std::getenv("TMPDIR");
  if (directory == nullptr || *directory == '\0') directory = "/var/tmp";
  return fmt::format("{}/percpumap-rescue-{}-{}.ndjson", directory, map_id, getpid());
}

}  // namespace percpumap
