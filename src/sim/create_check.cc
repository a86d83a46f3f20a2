#include "sim/create_check.h"

#include <algorithm>
#include <bit>
#include <cerrno>

#include "base/bytes.h"
#include "base/error.h"

namespace percpumap {
namespace {

constexpr uint64_t kKmallocMaxSize = uint64_t{4} << 20;
constexpr uint64_t kSizeofHtabElem = 48;
constexpr uint64_t kSizeofBucket = 16;
constexpr uint64_t kPcpuMinUnitSize = 32768;
constexpr size_t kMaxName = 15;

constexpr uint32_t kKnownFlags =
    kNoPrealloc | kNumaNode | kReadOnly | kWriteOnly | kZeroSeed | kReadOnlyProg | kWriteOnlyProg;

bool both(uint32_t flags, uint32_t one, uint32_t other) {
  return (flags & one) != 0 && (flags & other) != 0;
}

}  // namespace

uint64_t bucket_count(uint32_t max_entries) {
  return std::bit_ceil(uint64_t{max_entries});
}

std::error_code check_sizes(uint32_t key_size, uint32_t value_size, uint32_t max_entries) {
  if (key_size == 0 || value_size == 0 || max_entries == 0) return errno_code(EINVAL);
  const bool too_big = uint64_t{key_size} + value_size >= kKmallocMaxSize - kSizeofHtabElem ||
                       round_up8(value_size) > kPcpuMinUnitSize ||
                       bucket_count(max_entries) > UINT32_MAX / kSizeofBucket;
  return too_big ? errno_code(E2BIG) : std::error_code();
}

std::error_code check_create(const MapSpec& spec) {
  const bool refused = both(spec.flags, kReadOnly, kWriteOnly) || spec.type != kPercpuHash ||
                       (spec.flags & ~kKnownFlags) != 0 || both(spec.flags, kReadOnlyProg, kWriteOnlyProg) ||
                       ((spec.flags & kNumaNode) != 0 && spec.numa_node != -1);
  if (refused) return errno_code(EINVAL);
  return check_sizes(spec.key_size, spec.value_size, spec.max_entries);
}

bool good_map_name(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  };
  return name.size() <= kMaxName && std::all_of(name.begin(), name.end(), good);
}

}  // namespace percpumap
