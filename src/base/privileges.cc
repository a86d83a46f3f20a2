#include "base/privileges.h"

#include <linux/capability.h>

#include <charconv>
#include <cstdint>

namespace percpumap {
namespace {

// The number in the line "NAME:\tNUMBER"; 0 where there is no such line.
uint64_t number_of(std::string_view status, std::string_view name, int base) {
  const size_t at = status.find(name);
  if (at == std::string_view::npos) return 0;
  const std::string_view text = status.substr(at + name.size());
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, base);
  return number;
}

bool has(uint64_t capabilities, unsigned capability) {
  return (capabilities >> capability & 1) != 0;
}

Right right_of(uint64_t capabilities) {
  if (has(capabilities, CAP_SYS_ADMIN)) return Right::sys_admin;
  if (!has(capabilities, CAP_BPF)) return Right::none;
  return has(capabilities, CAP_PERFMON) ? Right::bpf_and_perfmon : Right::bpf;
}

}  // namespace

Privileges parse_privileges(std::string_view status) {
  constexpr uint64_t kFilter = 2;  // SECCOMP_MODE_FILTER
  const uint64_t capabilities = number_of(status, "\nCapEff:\t", 16);
  return {.right = right_of(capabilities),
          .overrides_modes = has(capabilities, CAP_DAC_OVERRIDE),
          .seccomp_filter = number_of(status, "\nSeccomp:\t", 10) == kFilter};
}

}  // namespace percpumap
