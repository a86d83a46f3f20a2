#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/error.h"
#include "base/unique_fd.h"
#include "sim/machine.h"

namespace percpumap {
namespace {

constexpr size_t kMaxBytes = size_t{128} << 10;  // more than parse_machine() accepts

[[noreturn]] void fail(const std::string& doing, const std::string& file) {
  const int number = errno;
  throw Error(Problem::system, "cannot " + doing + " " + file + ": " + errno_text(number))
      .because(errno_code(number));
}

std::string read_all(int fd, const std::string& file) {
  std::string text;
  std::array<char, 4096> part{};
  while (text.size() < kMaxBytes) {
    const ssize_t got = read(fd, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", file);
    if (got == 0) break;
    text.append(part.data(), static_cast<size_t>(got));
  }
  return text;
}

void write_all(int fd, std::string_view text, const std::string& file) {
  while (!text.empty()) {
    const ssize_t put = write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("write", file);
    text.remove_prefix(static_cast<size_t>(put));
  }
  if (fsync(fd) != 0) fail("write", file);
}

// A file of its own for each writer, so that two at once do not write into one.
std::string write_draft(const std::string& file, const std::string& text) {
  std::string draft = file + ".XXXXXX";
  const UniqueFd fd(mkostemp(draft.data(), O_CLOEXEC));
  if (!fd.valid()) fail("make", draft);
  try {
    write_all(fd.get(), text, draft);
  } catch (const Error&) {
    unlink(draft.c_str());
    throw;
  }
  return draft;
}

}  // namespace

std::string machine_file(const std::string& directory) {
  return directory + "/machine";
}

Machine read_machine(const std::string& directory) {
  const std::string file = machine_file(directory);
  const UniqueFd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.valid()) {
    if (errno == ENOENT) return host_machine();
    fail("read", file);
  }
  std::string why;
  const auto machine = parse_machine(read_all(fd.get(), file), &why);
  if (machine) return *machine;
  throw Error(Problem::system, "the machine file " + file + " is damaged: " + why)
      .because(errno_code(EIO))
      .advise("'percpumap sim reset' removes it, and the maps with it");
}

void write_machine(const std::string& directory, const Machine& machine) {
  const std::string file = machine_file(directory);
  const std::string draft = write_draft(file, to_text(machine));
  if (rename(draft.c_str(), file.c_str()) == 0) return;
  const int number = errno;
  unlink(draft.c_str());
  errno = number;
  fail("replace", file);
}

}  // namespace percpumap
