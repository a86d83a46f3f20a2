#include "map/create_failure.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <string>

#include "base/bytes.h"
#include "map/refusal.h"

namespace percpumap {
namespace {

constexpr uint64_t kMaxElement = (4U << 20) - 48;  // KMALLOC_MAX_SIZE - sizeof(struct htab_elem)
constexpr uint32_t kMaxPerCpuValue = 32768;        // PCPU_MIN_UNIT_SIZE
constexpr uint32_t kMaxEntries = 1U << 27;         // n_buckets * sizeof(struct bucket) must fit 32 bits
constexpr size_t kMaxName = 15;

bool both(uint32_t flags, uint32_t a, uint32_t b) {
  return (flags & a) != 0 && (flags & b) != 0;
}

bool name_is_valid(const std::string& name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
  return name.size() <= kMaxName && name.find_first_not_of(kAllowed) == std::string::npos;
}

std::string zero_argument(const MapSpec& spec) {
  if (spec.key_size == 0) return "the key size cannot be 0";
  if (spec.value_size == 0) return "the value size cannot be 0";
  if (spec.max_entries == 0) return "the number of entries cannot be 0";
  return {};
}

std::string invalid_argument(const MapSpec& spec) {
  const uint32_t known =
      kNoPrealloc | kNumaNode | kReadOnly | kWriteOnly | kZeroSeed | kReadOnlyProg | kWriteOnlyProg;
  if ((spec.flags & ~known) != 0)
    return "a per-CPU hash map does not take the flags " + map_flag_names(spec.flags & ~known).back();
  if (both(spec.flags, kReadOnly, kWriteOnly)) return "flags rdonly and wronly exclude each other";
  if (both(spec.flags, kReadOnlyProg, kWriteOnlyProg))
    return "flags rdonly_prog and wronly_prog exclude each other";
  if ((spec.flags & kNumaNode) != 0 && spec.numa_node != -1)
    return "a per-CPU hash map can have no NUMA node but -1: each CPU's values are on its own node";
  if (!name_is_valid(spec.name))
    return "the name '" + spec.name + "' is not 1 to 15 letters, digits, '_' or '.'";
  return zero_argument(spec);
}

std::string oversized_argument(const MapSpec& spec) {
  const std::string value = "the value size " + std::to_string(spec.value_size);
  if (round_up8(spec.value_size) > kMaxPerCpuValue)
    return value + " is above the kernel's limit of 32768 bytes per CPU";
  if (uint64_t{spec.key_size} + spec.value_size >= kMaxElement)
    return "key size " + std::to_string(spec.key_size) + " and value size " +
           std::to_string(spec.value_size) + " together reach the kernel's limit of " +
           std::to_string(kMaxElement) + " bytes";
  if (spec.max_entries > kMaxEntries)
    return std::to_string(spec.max_entries) + " entries are above the kernel's limit of 134217728 (2^27)";
  if (spec.key_size > 512) return "before Linux 5.11 a key can have 512 bytes at most";
  return "this kernel finds the map too large";
}

// They are well-formed and have the map's sizes, so it is their kinds.
Error no_such_types(std::error_code ec) {
  Error error(Problem::unsupported, "this kernel does not take the types (BTF) of key and value");
  error.cause = ec;
  error.hint = "BTF came with Linux 4.18, f32 and f64 in it with 5.13; sizes in bytes need no BTF";
  return error;
}

Error not_permitted(Backend& backend, const MapSpec& spec, std::error_code ec) {
  Error error(Problem::not_permitted, "creating a per-CPU hash map is refused");
  error.cause = ec;
  const bool zero_seed = (spec.flags & kZeroSeed) != 0;
  error.hint = (zero_seed ? "zero_seed: " : "") + needed(backend, zero_seed ? Right::sys_admin : Right::bpf) +
               "; '--backend sim' needs no rights, unless 'sim init' took them away";
  return error;
}

}  // namespace

Error create_failure(Backend& backend, const MapSpec& spec, std::error_code ec) {
  const auto bad = [&](const std::string& why) { return Error(Problem::bad_data, why).because(ec); };
  switch (ec.value()) {
    case EINVAL: {
      const std::string why = invalid_argument(spec);
      if (!why.empty()) return bad(why);
      if (!spec.btf.empty()) return no_such_types(ec);
      return Error(Problem::unsupported, "this kernel does not know one of the map's attributes").because(ec);
    }
    case E2BIG: return bad(oversized_argument(spec));
    case ENOSYS: return no_system_call(backend);
    case EACCES:
    case EPERM: return not_permitted(backend, spec, ec);
    case ENOMEM:
      // So older kernels say it: the per-CPU allocator has no such memory.
      if (!has_room_for_values(spec)) return bad(oversized_argument(spec));
      return Error(Problem::no_memory, "not enough memory for the map")
          .because(ec)
          .advise("flag no_prealloc takes memory per entry, as entries come");
    case ENOENT:  // of a simulated kernel
      return Error(Problem::system, "the directory of " + backend.name() + " cannot be made")
          .because(ec)
          .advise("the one above it is not there");
    default: return Error(Problem::system, "cannot create the map: " + errno_text(ec.value())).because(ec);
  }
}

bool has_room_for_values(const MapSpec& spec) {
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return round_up8(spec.value_size) <= std::max<uint64_t>(kMaxPerCpuValue, page);
}

bool within_limits(const MapSpec& spec) {
  return round_up8(spec.value_size) <= kMaxPerCpuValue &&
         uint64_t{spec.key_size} + spec.value_size < kMaxElement && spec.max_entries <= kMaxEntries;
}

uint64_t preallocated_bytes(const MapSpec& spec, size_t cpus) {
  if ((spec.flags & kNoPrealloc) != 0) return 0;
  const uint64_t element = 48 + round_up8(spec.key_size) + 8 + round_up8(spec.value_size) * cpus;
  return element * spec.max_entries + 16 * std::bit_ceil(uint64_t{spec.max_entries});
}

}  // namespace percpumap
