#include <array>

#include "base/error.h"
#include "map/feature_probe.h"

namespace percpumap {
namespace {

Finding map_info(Backend& backend) {
  return on_new_map(backend, probe_spec(), [](RawMap& map) {
    MapInfo info;
    return finding(map.info(info), EINVAL);
  });
}

Finding first_key(Backend& backend) {
  return on_new_map(backend, probe_spec(), [](RawMap& map) {
    std::array<std::byte, 4> next{};
    return finding_without_key(map.next_key({}, next), EFAULT);
  });
}

Finding batch_commands(Backend& backend) {
  return on_new_map(backend, probe_spec(), [](RawMap& map) {
    BatchCall call;
    return finding(map.batch(BatchCommand::lookup, call), EINVAL);
  });
}

Finding lookup_and_delete(Backend& backend) {
  return on_new_map(backend, probe_spec(), [&](RawMap& map) {
    std::vector<std::byte> row(8 * backend.possible_cpus().size());
    const auto ec = map.take(probe_key(), row, 0);
    return finding_without_key(ec, ec.value() == EINVAL ? EINVAL : kKernelEnotsupp);
  });
}

Finding freeze(Backend& backend) {
  return on_new_map(backend, probe_spec(), [](RawMap& map) { return finding(map.freeze(), EINVAL); });
}

// A descriptor that may write is what it takes instead, and a frozen map's may not.
Finding freeze_without_capability(Backend& backend) {
  return on_new_map(backend, probe_spec(), [](RawMap& map) {
    if (map.freeze()) return Finding{Missing::kernel};
    return unless_kernel_lacks(map.freeze().value() == EPERM);
  });
}

// Of an empty map, less than its entries could take.
Finding memlock_is_usage(Backend& backend) {
  MapSpec spec = probe_spec(kNoPrealloc);
  spec.value_size = 4096;
  spec.max_entries = 1024;
  return on_new_map(backend, spec, [&](RawMap& map) {
    MapUsage usage;
    if (const auto ec = map.usage(usage)) return Finding{Missing::answer, ec};
    return unless_kernel_lacks(usage.memlock < uint64_t{spec.value_size} * spec.max_entries);
  });
}

}  // namespace

std::span<const FeatureProbe> command_probes() {
  static constexpr std::array kProbes = {
      FeatureProbe{"first_key", "4.12", Right::none, first_key},
      FeatureProbe{"map_info", "4.13", Right::none, map_info},
      FeatureProbe{"freeze", "5.2", Right::bpf, freeze},
      FeatureProbe{"batch_commands", "5.6", Right::none, batch_commands},
      FeatureProbe{"lookup_and_delete", "5.14", Right::none, lookup_and_delete},
      FeatureProbe{"memlock_is_usage", "6.4", Right::none, memlock_is_usage},
      FeatureProbe{"freeze_without_capability", "6.5", Right::none, freeze_without_capability},
  };
  return kProbes;
}

}  // namespace percpumap
