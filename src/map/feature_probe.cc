#include "map/feature_probe.h"

#include <array>

namespace percpumap {

MapSpec probe_spec(uint32_t flags) {
  MapSpec spec;
  spec.key_size = 4;
  spec.value_size = 8;
  spec.max_entries = 1;
  spec.flags = flags;
  return spec;
}

Bytes probe_key() {
  static constexpr std::array<std::byte, 4> kKey{};
  return kKey;
}

Finding finding(std::error_code ec, int absent) {
  if (!ec) return {};
  if (ec.value() == absent) return {Missing::kernel};
  if (ec.value() == EPERM) return {Missing::capability};
  return {Missing::answer, ec};
}

Finding finding_without_key(std::error_code ec, int absent) {
  return ec.value() == ENOENT ? Finding{} : finding(ec, absent);
}

}  // namespace percpumap
