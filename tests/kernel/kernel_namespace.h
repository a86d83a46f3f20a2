// Places of this process's own that vanish with it, however it ends: mounts, network interfaces.
#pragma once

#include <string>

namespace percpumap::test {

// This process, and what it starts, is in a new namespace of one kind while the object lives; afterwards the
// process is back where it was. Throws std::system_error, mostly EPERM: it needs CAP_SYS_ADMIN. REQUIRES one
// thread.
class KernelNamespace {
 public:
  enum class Kind { mounts, network };

  explicit KernelNamespace(Kind kind);
  ~KernelNamespace();
  KernelNamespace(const KernelNamespace&) = delete;
  KernelNamespace& operator=(const KernelNamespace&) = delete;

 private:
  int flag_;
  int former_;             // the namespace to go back to
  std::string directory_;  // the working directory, which going back to former mounts resets
};

// Mounts an empty file system over a directory; REQUIRES a mount namespace of our own. Throws
// std::system_error.
void mount_fresh(const char* type, const char* directory, const char* options);

}  // namespace percpumap::test
