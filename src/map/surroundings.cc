#include "map/surroundings.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "base/cpu_list.h"
#include "base/error.h"

namespace percpumap {
namespace {

bool exists(const std::string& path) {
  return access(path.c_str(), F_OK) == 0;
}

std::string path_of_program() {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<size_t>(size)) : "percpumap";
}

// Of podman, of docker, and the variable that systemd asks of all engines for.
bool has_mark_of_engine() {
  return exists("/run/.containerenv") || exists("/.dockerenv") || std::getenv("container") != nullptr;
}

bool is_bounded(int capability) {
  return prctl(PR_CAPBSET_READ, capability) == 0;
}

std::error_code write_access(const char* path) {
  return faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0 ? std::error_code() : errno_code(errno);
}

std::optional<uint64_t> memlock_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

// The first group of a hierarchy has what the system has, unless this process sees less of the hierarchy.
std::string find_wide_cpuset() {
  struct Hierarchy {
    const char* directory;
    const char* cpus;
  };
  const auto online = read_cpu_list("/sys/devices/system/cpu/online");
  for (const Hierarchy& hierarchy : {Hierarchy{"/sys/fs/cgroup/", "cpuset.cpus.effective"},
                                     Hierarchy{"/sys/fs/cgroup/cpuset/", "cpuset.effective_cpus"}}) {
    const std::string directory = hierarchy.directory;
    const auto cpus = read_cpu_list((directory + hierarchy.cpus).c_str());
    if (cpus && cpus == online) return directory + "cgroup.procs";
  }
  return "";
}

std::vector<uint32_t> switchable_cpus() {
  std::vector<uint32_t> found;
  const auto offline = read_cpu_list("/sys/devices/system/cpu/offline");
  if (!offline) return found;
  for (const uint32_t cpu : offline->ids()) {
    if (exists("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/online")) found.push_back(cpu);
  }
  return found;
}

}  // namespace

std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,";
  if (word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) {
    if (c == '\'') text += "'\\'";
    text += c;
  }
  return text += "'";
}

std::string program_word() {
  return shell_word(path_of_program());
}

Surroundings look_around(const Privileges& privileges) {
  const std::string path = path_of_program();
  struct statvfs place {};
  return {.program = program_word(),
          .root = geteuid() == 0,
          .container = has_mark_of_engine(),
          .privileges = privileges,
          .bpf_is_bounded = is_bounded(CAP_BPF),
          .admin_is_bounded = is_bounded(CAP_SYS_ADMIN),
          .no_new_privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
          .nosuid = statvfs(path.c_str(), &place) == 0 && (place.f_flag & ST_NOSUID) != 0,
          .bpffs_write = write_access("/sys/fs/bpf"),
          .memlock = memlock_limit(),
          .has_jit = exists("/proc/sys/net/core/bpf_jit_enable"),
          .wide_cpuset = find_wide_cpuset(),
          .switchable = switchable_cpus()};
}

}  // namespace percpumap
