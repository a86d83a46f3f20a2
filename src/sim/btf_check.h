// What BPF_BTF_LOAD and BPF_MAP_CREATE ask of BTF (kernel/bpf/btf.c, map_check_btf() in
// kernel/bpf/syscall.c).
#pragma once

#include <system_error>

#include "base/bytes.h"
#include "base/map_info.h"
#include "sim/kernel_rules.h"

namespace percpumap {

// BTF_MAX_SIZE.
inline constexpr uint64_t kMaxBtfBytes = 16 << 20;

// BPF_BTF_LOAD: E2BIG for too much, EINVAL for what is no BTF or has a kind of type that the kernel does not
// know. Of what each type says only that is looked at, which a size follows from.
std::error_code check_btf_load(Bytes blob, const KernelRules& rules);

// The types of keys and values, if `spec` has any: EBADF where it has no BTF, EINVAL for a type that is
// missing or has not the map's size. Its BTF has passed check_btf_load().
std::error_code check_btf_types(const MapSpec& spec);

}  // namespace percpumap
