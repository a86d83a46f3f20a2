#include <algorithm>
#include <array>

#include "map/feature_probe.h"

namespace percpumap {
namespace {

constexpr size_t kSlot = 8;

using Row = std::vector<std::byte>;

Row empty_row(const Backend& backend) {
  return Row(kSlot * backend.possible_cpus().size());
}

// BPF_F_CPU for the first CPU.
uint64_t first_cpu(const Backend& backend) {
  return kOneCpu | uint64_t{backend.possible_cpus().ids().front()} << 32;
}

Finding cpu_flags(Backend& backend) {
  return on_new_map(backend, probe_spec(), [&](RawMap& map) {
    Row row = empty_row(backend);
    return finding_without_key(map.lookup(probe_key(), row, first_cpu(backend)), EINVAL);
  });
}

// Puts an entry into the only place there is, no byte of it zero, and removes it. Where there are flags for
// CPUs, a row must not be given whole: CPUs whose numbers have holes would make the kernel read beyond it.
std::error_code leave_remains(Backend& backend, RawMap& map) {
  Row row = empty_row(backend);
  std::ranges::fill(row, std::byte{0xff});
  auto ec = map.update(probe_key(), row, kAllCpus);
  if (ec.value() == EINVAL) ec = map.update(probe_key(), row, kAny);
  return ec ? ec : map.erase(probe_key(), 0);
}

// What the entry that was made for the CPU at `slot` has in the other slots.
Finding others_are_zero(Backend& backend, RawMap& map, size_t slot) {
  Row row = empty_row(backend);
  if (const auto ec = map.lookup(probe_key(), row, 0)) return {Missing::answer, ec};
  std::ranges::fill(std::span(row).subspan(slot * kSlot, kSlot), std::byte{0});
  return unless_kernel_lacks(std::ranges::count(row, std::byte{0}) == std::ssize(row));
}

// Asked of `make`, which makes an entry where another one was and answers what went wrong.
template <typename Make>
Finding new_slots(Backend& backend, size_t slot, int absent, Make make) {
  if (backend.possible_cpus().size() == 1) return {Missing::cpu};
  return on_new_map(backend, probe_spec(), [&](RawMap& map) {
    if (const auto ec = leave_remains(backend, map)) return Finding{Missing::answer, ec};
    if (const auto ec = make(map)) return finding(ec, absent);
    return others_are_zero(backend, map, slot);
  });
}

Finding program_zeroes_slots(Backend& backend) {
  const uint32_t cpu = backend.current_cpu();
  const Row value(kSlot, std::byte{1});
  const Finding found =
      new_slots(backend, *backend.possible_cpus().slot_of(cpu), EOPNOTSUPP, [&](RawMap& map) {
        ProgramCall call{.program = Program::update, .keys = probe_key(), .values = value};
        return map.run_program(cpu, call);
      });
  return found.missing == Missing::map ? Finding{Missing::capability} : found;
}

Finding cpu_flag_zeroes_slots(Backend& backend) {
  const Row value(empty_row(backend));
  return new_slots(backend, 0, EINVAL,
                   [&](RawMap& map) { return map.update(probe_key(), value, first_cpu(backend)); });
}

// BPF_EXIST with the flag, for a key that is not there, and BPF_NOEXIST for one that is.
Finding cpu_flag_with_exist(Backend& backend) {
  return on_new_map(backend, probe_spec(), [&](RawMap& map) {
    const Row row = empty_row(backend);
    const auto replaced = map.update(probe_key(), row, first_cpu(backend) | kExist);
    map.update(probe_key(), row, kAllCpus);
    const auto inserted = map.update(probe_key(), row, first_cpu(backend) | kNoExist);
    return unless_kernel_lacks(replaced.value() == ENOENT && inserted.value() == EEXIST);
  });
}

}  // namespace

std::span<const FeatureProbe> slot_probes() {
  static constexpr std::array kProbes = {
      FeatureProbe{"program_zeroes_slots", "5.10", Right::bpf, program_zeroes_slots},
      FeatureProbe{"cpu_flags", "7.0", Right::none, cpu_flags},
      FeatureProbe{"cpu_flag_zeroes_slots", "7.2", Right::none, cpu_flag_zeroes_slots},
      FeatureProbe{"cpu_flag_with_exist", "", Right::none, cpu_flag_with_exist},
  };
  return kProbes;
}

}  // namespace percpumap
