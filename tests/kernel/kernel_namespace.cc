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

// Else what is mounted here would be mounted outside too. The root of a chroot is no mount point, but all
// that the tests mount goes below /sys.
void keep_mounts_inside() {
  constexpr unsigned long kInside = MS_REC | MS_PRIVATE;
  if (mount("none", "/", nullptr, kInside, nullptr) == 0) return;
  require(mount("none", "/sys", nullptr, kInside, nullptr), "mount --make-rprivate /sys");
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
  if (kind == Kind::mounts) keep_mounts_inside();
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
