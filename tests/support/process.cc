#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace percpumap::test {
namespace {

void require(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

// A file without a name. Streams are files, not pipes: nothing to pump, and nobody waits for a reader.
class Stream {
 public:
  explicit Stream(const char* name) : fd_(memfd_create(name, MFD_CLOEXEC)) {
    require(fd_ < 0 ? errno : 0, "memfd_create");
  }
  ~Stream() { close(fd_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  int fd() const { return fd_; }

  void fill(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = write(fd_, text.data(), text.size());
      require(written < 0 ? errno : 0, "write");
      text.remove_prefix(static_cast<size_t>(written));
    }
    require(lseek(fd_, 0, SEEK_SET) < 0 ? errno : 0, "lseek");
  }

  std::string text() const {
    std::string all;
    char block[65536];
    ssize_t got = 0;
    while ((got = pread(fd_, block, sizeof block, static_cast<off_t>(all.size()))) > 0) {
      all.append(block, static_cast<size_t>(got));
    }
    require(got < 0 ? errno : 0, "pread");
    return all;
  }

 private:
  int fd_;
};

std::vector<std::string> merged_environment(const Command& command) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view existing(*entry);
    bool replaced = false;
    for (const auto& [name, value] : command.environment) {
      replaced |= existing.substr(0, existing.find('=')) == name;
    }
    if (!replaced) merged.emplace_back(existing);
  }
  for (const auto& [name, value] : command.environment)
    merged.push_back(std::string(name).append("=").append(value));
  return merged;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

// A leader of its own process group, with SIGPIPE as a shell leaves it.
pid_t start(const Command& command, const Stream& in, const Stream& out, const Stream& err) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in.fd(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out.fd(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err.fd(), STDERR_FILENO);
  if (!command.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&files, command.directory.c_str());
  }

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);

  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> environment = merged_environment(command);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, arguments.at(0).c_str(), &files, &attributes,
                                 pointers(arguments).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  require(error, command.argv[0].c_str());
  return pid;
}

// True once the process has ended.
bool ends_within(pid_t pid, std::chrono::milliseconds time) {
  const int process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  require(process < 0 ? errno : 0, "pidfd_open");
  pollfd ended{.fd = process, .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    ready = poll(&ended, 1, static_cast<int>(time.count()));
  } while (ready < 0 && errno == EINTR);
  close(process);
  return ready > 0;
}

}  // namespace

Outcome run(const Command& command) {
  Stream in("stdin");
  const Stream out("stdout");
  const Stream err("stderr");
  in.fill(command.input);

  const pid_t pid = start(command, in, out, err);
  Outcome outcome;
  outcome.timed_out = !ends_within(pid, command.time_out);
  if (outcome.timed_out) kill(-pid, SIGKILL);
  int status = 0;
  waitpid(pid, &status, 0);
  outcome.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  outcome.out = out.text();
  outcome.err = err.text();
  return outcome;
}

Command shell(std::string_view script) {
  return {.argv = {"/bin/sh", "-c", std::string(script)},
          .input = {},
          .environment = {},
          .directory = {},
          .time_out = std::chrono::seconds(60)};
}

}  // namespace percpumap::test
