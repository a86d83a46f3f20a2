// What BPF_MAP_CREATE refuses before it takes any memory, and the name rule it checks after that.
#pragma once

#include <string_view>
#include <system_error>

#include "base/map_info.h"
#include "sim/kernel_rules.h"

namespace percpumap {

// What the per-CPU allocator gives at most (PCPU_MIN_UNIT_SIZE).
inline constexpr uint64_t kMaxPercpuBytes = 32768;

// What no kernel accepts, on x86-64: EINVAL for a zero, E2BIG beyond the limits.
std::error_code check_sizes(uint32_t key_size, uint32_t value_size, uint32_t max_entries);

// Type, flags, sizes and rights in the order of the kernel that `rules` are of (map_create(),
// kernel/bpf/syscall.c; htab_map_alloc_check() and htab_map_alloc(), kernel/bpf/hashtab.c). The simulation
// knows no type but the per-CPU hash, and one NUMA node. RLIMIT_MEMLOCK, charged up to 5.10, is no limit
// here. Of BTF only that a key's type does not come alone; see sim/btf_check.h. Of the access mode nothing
// where KernelRules::create_mode_last.
std::error_code check_create(const MapSpec& spec, const KernelRules& rules, uint64_t cpus);

// bpf_obj_name_cpy(): at most 15 of [A-Za-z0-9_], and of '.' where the kernel knows it.
bool good_map_name(std::string_view name, bool dots);

}  // namespace percpumap
