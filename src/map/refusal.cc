#include "map/refusal.h"

#include <algorithm>
#include <cerrno>
#include <climits>

namespace percpumap {
namespace {

constexpr const char* kFilter =
    "a seccomp filter refuses bpf(2) (containers: --security-opt seccomp=unconfined, or a profile that "
    "allows bpf)";

Right right_of_kernel(const Backend& backend, Right right) {
  return right == Right::none || backend.has_cap_bpf() ? right : Right::sys_admin;
}

}  // namespace

bool is_refusal(std::error_code ec) {
  return ec.value() == EPERM || ec.value() == EACCES;
}

// By two commands, for a filter may refuse one of them: an id that no map can have is EINVAL for all whose
// command is looked at (bpf_obj_get_next_id(), kernel/bpf/syscall.c), and no pin has an empty path.
bool refuses_all_commands(Backend& backend) {
  uint32_t id = 0;
  std::unique_ptr<RawMap> map;
  return is_refusal(backend.next_id(INT_MAX, id)) && is_refusal(backend.open_pin("", kReadOnly, map));
}

bool filter_refuses(Backend& backend) {
  return backend.privileges().seccomp_filter && refuses_all_commands(backend);
}

std::string right_words(const Backend& backend, Right right) {
  const char* where = backend.privileges().in_user_namespace ? " outside of user namespaces" : "";
  if (right == Right::sys_admin || !backend.has_cap_bpf()) return std::string("CAP_SYS_ADMIN") + where;
  return std::string(right == Right::bpf_and_perfmon ? "CAP_BPF and CAP_PERFMON" : "CAP_BPF") + where;
}

std::string needed(Backend& backend, Right right) {
  const Privileges privileges = backend.privileges();
  const bool has = privileges.right >= right_of_kernel(backend, std::max(right, Right::bpf));
  const std::string words = right_words(backend, right);
  if (filter_refuses(backend)) {
    const bool sure = privileges.right >= right_of_kernel(backend, Right::bpf);
    const std::string needs = (right == Right::none ? "up to Linux 5.18 it needs " : "it needs ") + words;
    return (has ? "" : needs + ", and ") + (sure ? "" : "perhaps ") + kFilter;
  }
  if (privileges.in_user_namespace) return "it needs " + words + " (rootless containers run in one)";
  if (has) return "this process has " + words + ": a security module or a seccomp filter refuses it";
  return "it needs " + words;
}

Error no_system_call(const Backend& backend) {
  return Error(Problem::unsupported, "this kernel has no bpf(2)")
      .because(errno_code(ENOSYS))
      .advise(backend.privileges().seccomp_filter
                  ? "perhaps a seccomp filter says so (containers: --security-opt seccomp=unconfined)"
                  : "it was built without CONFIG_BPF_SYSCALL");
}

}  // namespace percpumap
