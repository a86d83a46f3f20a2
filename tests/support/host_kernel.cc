#include "support/host_kernel.h"

#include <sys/utsname.h>

namespace percpumap::test {
namespace {

utsname host() {
  utsname names{};
  uname(&names);
  return names;
}

// Without what distributions append.
std::string_view digits_of(std::string_view text) {
  return text.substr(0, text.find_first_not_of("0123456789."));
}

}  // namespace

std::optional<KernelVersion> kernel_of(std::string_view release, std::string_view version) {
  constexpr std::string_view debian = " Debian ";
  if (const size_t at = version.find(debian); at != std::string_view::npos) {
    release = version.substr(at + debian.size());
  }
  return parse_kernel_version(digits_of(release));
}

std::optional<KernelVersion> host_kernel() {
  const utsname names = host();
  return kernel_of(names.release, names.version);
}

std::string host_release() {
  return host().release;
}

Machine this_machine() {
  Machine machine = host_machine();
  machine.kernel = host_kernel().value_or(kNewestKernel);
  return machine;
}

}  // namespace percpumap::test
