// What differs between kernels, 4.19 to 7.2: the one place that knows versions. What stable kernels were
// given later counts from the lowest patch level on that is known to have it, because it was booted or
// read: 6.1.176, 6.1.192, 6.12.95, 6.18.44. 7.2 answers at every patch level as 7.2.13, the one that was
// booted.
#pragma once

#include <cstdint>
#include <utility>

#include "base/map_info.h"
#include "sim/kernel_version.h"
#include "sim/machine.h"

namespace percpumap {

// BPF_MAP_LOOKUP_AND_DELETE_ELEM on a hash map: an unknown command (4.19), one for queues and stacks only (up
// to 5.13, errno 524), or there.
enum class TakeCommand { unknown, other_types, known };

// BPF_MAP_FREEZE: unknown before 5.2; for CAP_BPF with any descriptor up to 6.4, a second time EBUSY; then
// for descriptors that may write.
enum class FreezeCommand { unknown, by_capability, by_descriptor };

// How fdinfo computes `memlock`: all that was charged (up to 5.10), keys and values of a full map (up
// to 6.3), or what is used (htab_map_mem_usage()), with sizeof(struct bpf_htab) as measured, which depends on
// the configuration, and up to 6.19 with four pointers per CPU.
enum class Memlock { charged, keys_and_values, used };

// What the size check of BPF_MAP_CREATE knows (htab_map_alloc_check(), htab_map_alloc()).
struct SizeRules {
  bool keys_on_stack;      // up to 5.10: keys of at most 512 bytes, values below 4 MiB - 512 - 48
  bool charge_is_limited;  // up to 5.10: what is charged stays below 4 GiB, without preallocation, too
  bool value_is_checked;   // 6.12, 6.1.176: a value above 32 KiB is E2BIG; before, there is no memory for it,
                           // ever
};

// What a program finds in the other CPUs' slots of an element that it made (pcpu_init_value()): in
// preallocated memory what was left there (up to 5.9), zeroes (up to 6.2), or zeroes and what was left in the
// padding.
enum class NewSlots { left, zero, zero_values };

// BPF_F_CPU and BPF_F_ALL_CPUS: unknown up to 6.19. In 7.0 and 7.1 an update reads its rows at the CPU's
// number instead of its place among the possible ones, CPUs are those numbered below how many are possible,
// and an entry that BPF_F_CPU makes has on the other CPUs what was left there. 7.2 mended all three.
enum class CpuFlags { unknown, by_number, by_place };

// Who may do what on this machine.
struct Rights {
  bool any_command;    // up to 5.18 nothing without CAP_BPF (CAP_SYS_ADMIN before 5.8), as with
                       // unprivileged_bpf_disabled
  bool create;         // CAP_BPF
  bool zero_seed;      // CAP_SYS_ADMIN
  bool ids;            // CAP_SYS_ADMIN
  bool freeze;         // CAP_BPF, where FreezeCommand::by_capability
  bool run_program;    // CAP_BPF, for a socket filter in the calling thread
  bool interrupt_cpu;  // and CAP_PERFMON, for a raw tracepoint on another CPU
};

struct KernelRules {
  bool has_cpu_flags() const { return cpu_flags != CpuFlags::unknown; }

  Rights rights;
  SizeRules sizes;
  uint32_t create_flags;       // known to a per-CPU hash
  uint32_t newest_btf_kind;    // BTF_KIND_…
  bool token_flag;             // 6.9: BPF_F_TOKEN_FD of BPF_MAP_CREATE
  bool create_right_first;     // 5.19 to 6.4: checked before the arguments
  bool create_mode_last;       // 7.2: that kReadOnly and kWriteOnly exclude each other, after all else
  bool dots_in_names;          // 5.2
  bool info_has_access_flags;  // up to 5.1: info shows BPF_F_RDONLY and BPF_F_WRONLY
  bool lock_flag;              // 5.1: BPF_F_LOCK of LOOKUP_ELEM and UPDATE_ELEM
  bool kmalloc_rows;           // up to 5.14: an element command has no memory for rows above 4 MiB
  bool batches;                // 5.6
  TakeCommand take;
  bool take_needs_read;  // 5.8: before, write access was enough to be told 524
  FreezeCommand freeze;
  CpuFlags cpu_flags;  // with them came: padding is not stored, flags 3 act as BPF_ANY, LOOKUP_ELEM checks
                       // access before flags
  bool mapped_arrays;  // 5.5: BPF_F_MMAPABLE, by which programs get their keys and values
  bool runs_on_cpu;    // 5.10: BPF_F_TEST_RUN_ON_CPU
  bool tracing_takes_no_prealloc;  // 6.1: tracing programs use such maps without a warning of the kernel
  bool for_each_helper;            // 5.13
  bool percpu_helper;              // 5.19: bpf_map_lookup_percpu_elem()
  bool count_function;             // 6.6: bpf_map_sum_elem_count()
  bool cap_bpf;                    // 5.8
  bool own_btf;                    // 5.4: the BTF of the kernel itself
  bool element_iterator;           // 5.9: bpf_iter_bpf_map_elem()
  NewSlots new_slots;
  bool copies_past_value;  // 5.10 to 7.0, up to 6.1.191, 6.12.94 and 6.18.43: an element that a program makes
                           // has behind its value what the program has behind it, which here are zeroes
  Memlock memlock;
  uint64_t sizeof_htab;      // Memlock::used
  uint64_t memlock_per_cpu;  // Memlock::used
};

KernelRules kernel_rules(KernelVersion version, Caps caps);

// A machine and what follows from its version and its user's capabilities.
struct SimKernel {
  explicit SimKernel(Machine made_of)
      : machine(std::move(made_of)), rules(kernel_rules(machine.kernel, machine.caps)) {}

  const Machine machine;
  const KernelRules rules;
};

// fdinfo's `memlock` of a map with rows of `row_size` bytes that holds `entries`.
uint64_t memlock_bytes(const KernelRules& rules, const MapInfo& map, uint64_t cpus, uint64_t entries);

// What a kernel up to 5.10 charged for a map, in bytes: all elements, whether preallocated or not.
uint64_t charged_bytes(uint32_t key_size, uint32_t value_size, uint32_t max_entries, uint64_t cpus);

}  // namespace percpumap
