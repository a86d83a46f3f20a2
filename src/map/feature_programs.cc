#include <array>

#include "map/feature_probe.h"

namespace percpumap {
namespace {

// Runs it once, for a key that is not there. Who may make no map may run no programs either.
Finding try_program(Backend& backend, ProgramCall call, uint32_t map_flags = 0) {
  call.keys = probe_key();
  std::unique_ptr<RawMap> map;
  std::error_code ec = backend.create(probe_spec(map_flags), map);
  if (!ec) ec = map->run_program(backend.current_cpu(), call);
  return finding(ec, ec.value() == EINVAL ? EINVAL : EOPNOTSUPP);
}

Finding programs(Backend& backend) {
  return try_program(backend, {.program = Program::lookup});
}
Finding programs_by_interrupt(Backend& backend) {
  return try_program(backend, {.program = Program::lookup, .by_interrupt = true});
}
Finding interrupt_no_prealloc(Backend& backend) {
  return try_program(backend, {.program = Program::lookup, .by_interrupt = true}, kNoPrealloc);
}
Finding for_each(Backend& backend) {
  return try_program(backend, {.program = Program::for_each});
}
Finding lookup_percpu(Backend& backend) {
  return try_program(backend, {.program = Program::lookup, .slot_of = backend.current_cpu()});
}

Finding element_count(Backend& backend) {
  const Finding found = try_program(backend, {.program = Program::count});
  const bool without_btf = backend.find_function("bpf_map_sum_elem_count").value() == ENODATA;
  return found.missing == Missing::kernel && without_btf ? Finding{Missing::btf} : found;
}

// Such programs take the rights that a program needs which an interrupt starts.
Finding element_iterator(Backend& backend) {
  const auto ec = backend.find_function("bpf_iter_bpf_map_elem");
  if (ec) return {ec.value() == ENODATA ? Missing::btf : Missing::kernel};
  const bool refused = programs_by_interrupt(backend).missing == Missing::capability;
  return {refused ? Missing::capability : Missing::nothing};
}

}  // namespace

std::span<const FeatureProbe> program_probes() {
  static constexpr std::array kProbes = {
      FeatureProbe{"programs", "5.5", Right::bpf, programs},
      FeatureProbe{"element_iterator", "5.9", Right::bpf_and_perfmon, element_iterator},
      FeatureProbe{"programs_by_interrupt", "5.10", Right::bpf_and_perfmon, programs_by_interrupt},
      FeatureProbe{"for_each", "5.13", Right::bpf, for_each},
      FeatureProbe{"lookup_percpu", "5.19", Right::bpf, lookup_percpu},
      FeatureProbe{"interrupt_no_prealloc", "6.1", Right::bpf_and_perfmon, interrupt_no_prealloc},
      FeatureProbe{"element_count", "6.6", Right::bpf, element_count},
  };
  return kProbes;
}

}  // namespace percpumap
