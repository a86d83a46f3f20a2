// What a process may do with BPF, as far as it can look that up about itself.
#pragma once

#include <string_view>

namespace percpumap {

// What the kernel asks for: nothing, CAP_BPF, CAP_BPF and CAP_PERFMON, CAP_SYS_ADMIN.
enum class Right { none, bpf, bpf_and_perfmon, sys_admin };

struct Privileges {
  // The greatest that its effective capabilities come to.
  Right right = Right::none;
  // CAP_DAC_OVERRIDE: no file's mode keeps it away.
  bool overrides_modes = false;
  // Some filter looks at its system calls. Which of them it refuses cannot be read.
  bool seccomp_filter = false;
  // Not the first one, where alone capabilities count for bpf(2) (bpf_capable(), linux/capability.h).
  bool in_user_namespace = false;
};

// Of the text of /proc/PID/status; what is not in it is not there. Says nothing about user namespaces.
Privileges parse_privileges(std::string_view status);

}  // namespace percpumap
