// What BPF_MAP_CREATE refuses before it takes any memory, and the name rule it checks after that.
#pragma once

#include <string_view>
#include <system_error>

#include "base/map_info.h"

namespace percpumap {

// A power of two of at least `max_entries` (htab_map_alloc(), kernel/bpf/hashtab.c).
uint64_t bucket_count(uint32_t max_entries);

// The sizes of a per-CPU hash on x86-64: EINVAL for a zero, E2BIG beyond the limits (htab_map_alloc_check()
// and htab_map_alloc() of 6.12 and later).
std::error_code check_sizes(uint32_t key_size, uint32_t value_size, uint32_t max_entries);

// Type, flags and sizes in the kernel's order (map_create(), kernel/bpf/syscall.c, 6.18). The simulation
// knows no type but the per-CPU hash and takes every caller for an administrator.
std::error_code check_create(const MapSpec& spec);

// bpf_obj_name_cpy(): at most 15 of [A-Za-z0-9_.].
bool good_map_name(std::string_view name);

}  // namespace percpumap
