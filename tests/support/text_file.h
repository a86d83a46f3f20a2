// A text as a descriptor.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace percpumap::test {

// A file in memory, with the position at its start. Throws std::system_error when it cannot be made.
class TextFile {
 public:
  explicit TextFile(std::string_view text) : fd_(memfd_create("text", MFD_CLOEXEC)) {
    while (!text.empty()) {
      const ssize_t wrote = write(fd_, text.data(), text.size());
      require(wrote > 0);
      text.remove_prefix(static_cast<size_t>(wrote));
    }
    require(lseek(fd_, 0, SEEK_SET) == 0);
  }
  ~TextFile() { close(fd_); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  int fd() const { return fd_; }

 private:
  static void require(bool done) {
    if (!done) throw std::system_error(errno, std::generic_category(), "text file");
  }

  int fd_;
};

}  // namespace percpumap::test
