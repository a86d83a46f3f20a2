#include "sim/kernel_rules.h"

#include "base/bytes.h"
#include "sim/create_check.h"

namespace percpumap {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kPointer = 8;  // also an llist node
constexpr uint64_t kSizeofBucket = 16;
constexpr uint64_t kSizeofHtabElem = 48;

constexpr uint32_t kFirstFlags = kNoPrealloc | kNumaNode | kReadOnly | kWriteOnly;

uint64_t round_up_page(uint64_t bytes) {
  return (bytes + kPage - 1) / kPage * kPage;
}

// An element and its pointer to the values.
uint64_t element_bytes(uint32_t key_size) {
  return kSizeofHtabElem + round_up8(key_size) + kPointer;
}

Rights rights_of(KernelVersion version, Caps caps) {
  const bool admin = caps == Caps::all;
  const bool bpf = admin || (caps == Caps::bpf && version >= KernelVersion{5, 8});
  return {.any_command = bpf || version >= KernelVersion{5, 19},
          .create = bpf,
          .zero_seed = admin,
          .ids = admin,
          .freeze = bpf,
          .run_program = bpf,
          .interrupt_cpu = admin};
}

uint32_t create_flags_of(KernelVersion version) {
  uint32_t flags = kFirstFlags;
  if (version >= KernelVersion{5, 0}) flags |= kZeroSeed;
  if (version >= KernelVersion{5, 2}) flags |= kReadOnlyProg | kWriteOnlyProg;
  return flags;
}

// BTF_KIND_RESTRICT up to 4.20; FUNC_PROTO, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64
// (include/uapi/linux/btf.h).
uint32_t newest_btf_kind_of(KernelVersion version) {
  if (version < KernelVersion{5, 0}) return 11;
  if (version < KernelVersion{5, 2}) return 13;
  if (version < KernelVersion{5, 13}) return 15;
  if (version < KernelVersion{5, 16}) return 16;
  if (version < KernelVersion{5, 17}) return 17;
  return version < KernelVersion{6, 0} ? 18 : 19;
}

// Whether a stable series has, from `first` on, what mainline has since another release.
bool backported(KernelVersion version, KernelVersion first) {
  return version.major == first.major && version.minor == first.minor && version >= first;
}

bool checks_value_size(KernelVersion version) {
  return version >= KernelVersion{6, 12} || backported(version, {6, 1, 176});
}

bool copies_past_value(KernelVersion version) {
  const bool mended = backported(version, {6, 1, 192}) || backported(version, {6, 12, 95}) ||
                      backported(version, {6, 18, 44});
  return version >= KernelVersion{5, 10} && version < KernelVersion{7, 1} && !mended;
}

CpuFlags cpu_flags_of(KernelVersion version) {
  if (version < KernelVersion{7, 0}) return CpuFlags::unknown;
  return version < KernelVersion{7, 2} ? CpuFlags::by_number : CpuFlags::by_place;
}

TakeCommand take_of(KernelVersion version) {
  if (version < KernelVersion{4, 20}) return TakeCommand::unknown;
  return version < KernelVersion{5, 14} ? TakeCommand::other_types : TakeCommand::known;
}

FreezeCommand freeze_of(KernelVersion version) {
  if (version < KernelVersion{5, 2}) return FreezeCommand::unknown;
  return version < KernelVersion{6, 5} ? FreezeCommand::by_capability : FreezeCommand::by_descriptor;
}

NewSlots new_slots_of(KernelVersion version) {
  if (version < KernelVersion{5, 10}) return NewSlots::left;
  return version < KernelVersion{6, 3} ? NewSlots::zero : NewSlots::zero_values;
}

Memlock memlock_of(KernelVersion version) {
  if (version < KernelVersion{5, 11}) return Memlock::charged;
  return version < KernelVersion{6, 4} ? Memlock::keys_and_values : Memlock::used;
}

// Measured on 6.12.117, 6.18.44 and 7.1.5.
uint64_t sizeof_htab(KernelVersion version) {
  return version >= KernelVersion{6, 18} && version < KernelVersion{7, 0} ? 832 : 896;
}

uint64_t used_bytes(const KernelRules& rules, const MapInfo& map, uint64_t cpus, uint64_t entries) {
  const uint64_t row = round_up8(map.value_size) * cpus;
  const uint64_t fixed =
      rules.sizeof_htab + kSizeofBucket * bucket_count(map.max_entries) + rules.memlock_per_cpu * cpus;
  const uint64_t element = element_bytes(map.key_size) + row;
  if ((map.flags & kNoPrealloc) == 0) return fixed + map.max_entries * element;
  return fixed + entries * (element + 3 * kPointer);  // the allocator's nodes of element, pointer and values
}

}  // namespace

KernelRules kernel_rules(KernelVersion version, Caps caps) {
  const auto since = [&](uint32_t major, uint32_t minor) { return version >= KernelVersion{major, minor}; };
  return {
      .rights = rights_of(version, caps),
      .sizes = {.keys_on_stack = !since(5, 11),
                .charge_is_limited = !since(5, 11),
                .value_is_checked = checks_value_size(version)},
      .create_flags = create_flags_of(version),
      .newest_btf_kind = newest_btf_kind_of(version),
      .token_flag = since(6, 9),
      .create_right_first = since(5, 19) && !since(6, 5),
      .create_mode_last = since(7, 2),
      .dots_in_names = since(5, 2),
      .info_has_access_flags = !since(5, 2),
      .lock_flag = since(5, 1),
      .kmalloc_rows = !since(5, 15),
      .batches = since(5, 6),
      .take = take_of(version),
      .take_needs_read = since(5, 8),
      .freeze = freeze_of(version),
      .cpu_flags = cpu_flags_of(version),
      .mapped_arrays = since(5, 5),
      .runs_on_cpu = since(5, 10),
      .tracing_takes_no_prealloc = since(6, 1),
      .for_each_helper = since(5, 13),
      .percpu_helper = since(5, 19),
      .count_function = since(6, 6),
      .cap_bpf = since(5, 8),
      .own_btf = since(5, 4),
      .element_iterator = since(5, 9),
      .new_slots = new_slots_of(version),
      .copies_past_value = copies_past_value(version),
      .memlock = memlock_of(version),
      .sizeof_htab = sizeof_htab(version),
      .memlock_per_cpu = since(7, 0) ? 0 : 4 * kPointer,
  };
}

uint64_t charged_bytes(uint32_t key_size, uint32_t value_size, uint32_t max_entries, uint64_t cpus) {
  return kSizeofBucket * bucket_count(max_entries) +
         max_entries * (element_bytes(key_size) + round_up8(value_size) * cpus);
}

uint64_t memlock_bytes(const KernelRules& rules, const MapInfo& map, uint64_t cpus, uint64_t entries) {
  switch (rules.memlock) {
    case Memlock::charged:
      return round_up_page(charged_bytes(map.key_size, map.value_size, map.max_entries, cpus));
    case Memlock::keys_and_values:
      return round_up_page(map.max_entries * round_up8(map.key_size + round_up8(map.value_size) * cpus));
    case Memlock::used: return used_bytes(rules, map, cpus, entries);
  }
  return 0;
}

}  // namespace percpumap
