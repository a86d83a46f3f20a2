#include "support/skip.h"

#include <linux/bpf.h>
#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace percpumap::test {

std::string kernel_maps_unusable() {
  struct statfs file_system {};
  if (statfs("/sys/fs/bpf", &file_system) != 0 || file_system.f_type != BPF_FS_MAGIC) {
    return "/sys/fs/bpf is not a bpffs; as root: mount -t bpf bpf /sys/fs/bpf";
  }
  bpf_attr attributes{};
  attributes.map_type = BPF_MAP_TYPE_PERCPU_HASH;
  attributes.key_size = 4;
  attributes.value_size = 8;
  attributes.max_entries = 1;
  const long map = syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes);
  if (map < 0) return std::string("bpf(2) refuses to make a map: ") + std::strerror(errno);
  close(static_cast<int>(map));
  return access("/sys/fs/bpf", W_OK) == 0 ? "" : "/sys/fs/bpf is not writable for this user";
}

}  // namespace percpumap::test
