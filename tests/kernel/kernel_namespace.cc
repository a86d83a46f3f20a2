#include "kernel/kernel_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace percpumap::test {
namespace {

void require(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

KernelNamespace::KernelNamespace(Kind kind)
    : flag_(kind == Kind::mounts ? CLONE_NEWNS : CLONE_NEWNET),
      former_(open(kind == Kind::mounts ? "/proc/self/ns/mnt" : "/proc/self/ns/net", O_RDONLY | O_CLOEXEC)),
      directory_(std::filesystem::current_path()) {
  require(former_, "open /proc/self/ns");
  if (unshare(flag_) < 0) {
    const int error = errno;
    close(former_);
    throw std::system_error(error, std::generic_category(), "unshare");
  }
  // Else what is mounted here would be mounted outside too.
  if (kind == Kind::mounts) require(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount /");
}

KernelNamespace::~KernelNamespace() {
  if (setns(former_, flag_) == 0 && flag_ == CLONE_NEWNS) {
    std::error_code ignored;
    std::filesystem::current_path(directory_, ignored);
  }
  close(former_);
}

void mount_fresh(const char* type, const char* directory, const char* options) {
  require(mount(type, directory, type, 0, options), directory);
}

}  // namespace percpumap::test
