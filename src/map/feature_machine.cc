#include <array>

#include "map/feature_probe.h"
#include "map/refusal.h"

namespace percpumap {
namespace {

Finding bpffs(Backend& backend) {
  return {backend.check_bpffs("/sys/fs/bpf") ? Missing::bpffs : Missing::nothing};
}

Finding kernel_btf(Backend& backend) {
  const bool there = backend.find_function("bpf_map_sum_elem_count").value() != ENODATA;
  return {there ? Missing::nothing : Missing::btf};
}

Finding cap_bpf(Backend& backend) {
  return unless_kernel_lacks(backend.has_cap_bpf());
}

Finding commands(Backend& backend) {
  return {refuses_all_commands(backend) ? Missing::capability : Missing::nothing};
}

Finding map_ids(Backend& backend) {
  uint32_t id = 0;
  return finding_without_key(backend.next_id(0, id), EINVAL);
}

// The flag is looked at before what the path leads to, which is no pin.
Finding access_modes(Backend& backend) {
  std::unique_ptr<RawMap> map;
  const auto ec = backend.open_pin("/", kReadOnly, map);
  if (ec.value() == EPERM) return {Missing::capability};
  return unless_kernel_lacks(ec.value() != EINVAL);
}

}  // namespace

std::span<const FeatureProbe> machine_probes() {
  static constexpr std::array kProbes = {
      FeatureProbe{"bpffs", "4.4", Right::none, bpffs},
      FeatureProbe{"commands", "4.6", Right::bpf, commands},
      FeatureProbe{"map_ids", "4.13", Right::sys_admin, map_ids},
      FeatureProbe{"access_modes", "4.15", Right::bpf, access_modes},
      FeatureProbe{"kernel_btf", "5.4", Right::none, kernel_btf},
      FeatureProbe{"cap_bpf", "5.8", Right::none, cap_bpf},
  };
  return kProbes;
}

}  // namespace percpumap
