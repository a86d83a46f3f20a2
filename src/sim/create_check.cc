#include "sim/create_check.h"

#include <algorithm>
#include <cerrno>

#include "base/bytes.h"
#include "base/error.h"

namespace percpumap {
namespace {

constexpr uint64_t kKmallocMaxSize = uint64_t{4} << 20;
constexpr uint64_t kSizeofHtabElem = 48;
constexpr uint64_t kSizeofBucket = 16;
constexpr uint32_t kMaxBpfStack = 512;
constexpr uint64_t kMaxCharge = (uint64_t{1} << 32) - 4096;
constexpr size_t kMaxName = 15;
constexpr uint32_t kTokenFd = 1U << 16;  // BPF_F_TOKEN_FD

bool both(uint32_t flags, uint32_t one, uint32_t other) {
  return (flags & one) != 0 && (flags & other) != 0;
}

bool names_a_node(const MapSpec& spec) {
  return (spec.flags & kNumaNode) != 0 && spec.numa_node != -1;
}

bool too_many_entries(uint32_t max_entries) {
  return bucket_count(max_entries) > UINT32_MAX / kSizeofBucket;
}

bool element_too_big(const MapSpec& spec, const SizeRules& rules) {
  if (uint64_t{spec.key_size} + spec.value_size >= kKmallocMaxSize - kSizeofHtabElem) return true;
  if (rules.value_is_checked && round_up8(spec.value_size) > kMaxPercpuBytes) return true;
  return rules.keys_on_stack && (spec.key_size > kMaxBpfStack ||
                                 spec.value_size >= kKmallocMaxSize - kMaxBpfStack - kSizeofHtabElem);
}

// htab_map_alloc_check().
std::error_code check_arguments(const MapSpec& spec, uint32_t flags, const KernelRules& rules) {
  if ((flags & rules.create_flags & kZeroSeed) != 0 && !rules.rights.zero_seed) return errno_code(EPERM);
  const bool zero = spec.key_size == 0 || spec.value_size == 0 || spec.max_entries == 0;
  if ((flags & ~rules.create_flags) != 0 || both(flags, kReadOnlyProg, kWriteOnlyProg) ||
      names_a_node(spec) || zero) {
    return errno_code(EINVAL);
  }
  return element_too_big(spec, rules.sizes) ? errno_code(E2BIG) : std::error_code();
}

// htab_map_alloc().
std::error_code check_allocation(const MapSpec& spec, const SizeRules& rules, uint64_t cpus) {
  if (too_many_entries(spec.max_entries)) return errno_code(E2BIG);
  if (rules.charge_is_limited &&
      charged_bytes(spec.key_size, spec.value_size, spec.max_entries, cpus) >= kMaxCharge) {
    return errno_code(E2BIG);
  }
  const bool unobtainable = round_up8(spec.value_size) > kMaxPercpuBytes && (spec.flags & kNoPrealloc) == 0;
  return unobtainable ? errno_code(ENOMEM) : std::error_code();
}

}  // namespace

std::error_code check_sizes(uint32_t key_size, uint32_t value_size, uint32_t max_entries) {
  if (key_size == 0 || value_size == 0 || max_entries == 0) return errno_code(EINVAL);
  const bool too_big =
      uint64_t{key_size} + value_size >= kKmallocMaxSize - kSizeofHtabElem || too_many_entries(max_entries);
  return too_big ? errno_code(E2BIG) : std::error_code();
}

std::error_code check_create(const MapSpec& spec, const KernelRules& rules, uint64_t cpus) {
  if (rules.create_right_first && !rules.rights.create) return errno_code(EPERM);
  if (spec.btf_key_type_id != 0 && spec.btf_value_type_id == 0) return errno_code(EINVAL);
  const bool with_token = rules.token_flag && (spec.flags & kTokenFd) != 0;
  const uint32_t flags = with_token ? spec.flags & ~kTokenFd : spec.flags;
  const bool no_such_node = names_a_node(spec) && spec.numa_node != 0;
  const bool no_mode = !rules.create_mode_last && both(flags, kReadOnly, kWriteOnly);
  if (no_mode || no_such_node || spec.type != kPercpuHash) return errno_code(EINVAL);
  if (auto error = check_arguments(spec, flags, rules)) return error;
  if (with_token) return errno_code(EINVAL);  // a MapSpec has no token
  if (!rules.rights.create) return errno_code(EPERM);
  return check_allocation(spec, rules.sizes, cpus);
}

bool good_map_name(std::string_view name, bool dots) {
  const auto good = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (dots && c == '.');
  };
  return name.size() <= kMaxName && std::all_of(name.begin(), name.end(), good);
}

}  // namespace percpumap
