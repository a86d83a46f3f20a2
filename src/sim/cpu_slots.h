// BPF_F_CPU and BPF_F_ALL_CPUS, and where a value that is given for an update goes, from 7.0 on.
#pragma once

#include <cstdint>
#include <system_error>

#include "base/bytes.h"
#include "base/cpu_list.h"
#include "sim/kernel_rules.h"

namespace percpumap {

// One map's rows, one slot for each CPU of `possible`.
struct CpuSlots {
  const CpuList& possible;
  size_t value_size;
  CpuFlags kind;

  // bpf_map_check_op_flags(), include/linux/bpf.h. EINVAL for a flag that is not in `allowed`, and for what
  // contradicts itself; ERANGE for a CPU that there is not.
  std::error_code check_flags(uint64_t flags, uint64_t allowed) const;

  // The bytes of a value that goes with `flags`.
  size_t buffer_size(uint64_t flags) const;

  // Writes `value_size` bytes of each slot that is meant and nothing of the padding (pcpu_copy_value()).
  // What CpuFlags::by_number finds behind the end of the buffer is 0 here.
  void store(MutableBytes row, const std::byte* value, uint64_t flags) const;

  // What a lookup gives: the whole row, or the value of the one CPU (0 where the number is in a hole of
  // `possible`).
  void load(Bytes row, std::byte* value, uint64_t flags) const;
};

}  // namespace percpumap
