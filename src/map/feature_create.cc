#include <array>

#include "map/feature_probe.h"
#include "types/declare.h"

namespace percpumap {
namespace {

Finding try_create(Backend& backend, const MapSpec& spec, int absent = EINVAL) {
  std::unique_ptr<RawMap> map;
  return finding(backend.create(spec, map), absent);
}

Finding percpu_hash(Backend& backend) {
  return try_create(backend, probe_spec());
}

Finding with_name(Backend& backend, const char* name) {
  MapSpec spec = probe_spec();
  spec.name = name;
  return try_create(backend, spec);
}
Finding map_names(Backend& backend) {
  return with_name(backend, "probe");
}
Finding dots_in_names(Backend& backend) {
  return with_name(backend, "a.b");
}

Finding map_btf(Backend& backend) {
  MapSpec spec = probe_spec();
  DeclaredBtf btf = declare_btf("u32", "u64");
  spec.btf = std::move(btf.blob);
  spec.btf_key_type_id = btf.key_type_id;
  spec.btf_value_type_id = btf.value_type_id;
  return try_create(backend, spec);
}

Finding zero_seed(Backend& backend) {
  return try_create(backend, probe_spec(kZeroSeed));
}
Finding program_access_flags(Backend& backend) {
  return try_create(backend, probe_spec(kReadOnlyProg));
}

Finding large_keys(Backend& backend) {
  MapSpec spec = probe_spec();
  spec.key_size = 513;
  return try_create(backend, spec, E2BIG);
}

// Above PCPU_MIN_UNIT_SIZE, also where pages have 64 KiB: too big, or before that was checked no memory.
Finding value_size_check(Backend& backend) {
  MapSpec spec = probe_spec();
  spec.value_size = 65537;
  std::unique_ptr<RawMap> map;
  const auto ec = backend.create(spec, map);
  return ec.value() == E2BIG ? Finding{} : finding(ec, ENOMEM);
}

}  // namespace

std::span<const FeatureProbe> create_probes() {
  static constexpr std::array kProbes = {
      FeatureProbe{"percpu_hash", "4.6", Right::bpf, percpu_hash},
      FeatureProbe{"map_names", "4.15", Right::bpf, map_names},
      FeatureProbe{"map_btf", "4.18", Right::bpf, map_btf},
      FeatureProbe{"zero_seed", "5.0", Right::sys_admin, zero_seed},
      FeatureProbe{"dots_in_names", "5.2", Right::bpf, dots_in_names},
      FeatureProbe{"program_access_flags", "5.2", Right::bpf, program_access_flags},
      FeatureProbe{"large_keys", "5.11", Right::bpf, large_keys},
      FeatureProbe{"value_size_check", "6.12", Right::bpf, value_size_check},
  };
  return kProbes;
}

}  // namespace percpumap
