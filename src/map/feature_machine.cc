#include <array>
#include <climits>

#include "map/feature_probe.h"

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

// An id that no map can have is EINVAL for all who may call commands, and EPERM for those who may not.
Finding commands(Backend& backend) {
  uint32_t id = 0;
  const bool refused = backend.next_id(INT_MAX, id).value() == EPERM;
  return {refused ? Missing::capability : Missing::nothing};
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
      FeatureProbe{"bpffs", "4.4", "", bpffs},
      FeatureProbe{"commands", "4.6", "CAP_BPF", commands},
      FeatureProbe{"map_ids", "4.13", "CAP_SYS_ADMIN", map_ids},
      FeatureProbe{"access_modes", "4.15", "CAP_BPF", access_modes},
      FeatureProbe{"kernel_btf", "5.4", "", kernel_btf},
      FeatureProbe{"cap_bpf", "5.8", "", cap_bpf},
  };
  return kProbes;
}

}  // namespace percpumap
