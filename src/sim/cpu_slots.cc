#include "sim/cpu_slots.h"

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/map_info.h"

namespace percpumap {
namespace {

uint32_t cpu_of(uint64_t flags) {
  return static_cast<uint32_t>(flags >> 32);
}

}  // namespace

std::error_code CpuSlots::check_flags(uint64_t flags, uint64_t allowed) const {
  const bool one = (flags & kOneCpu) != 0;
  if ((static_cast<uint32_t>(flags) & ~allowed) != 0 || (flags & kLock) != 0) return errno_code(EINVAL);
  if (!one && cpu_of(flags) != 0) return errno_code(EINVAL);
  if (one && (flags & kAllCpus) != 0) return errno_code(EINVAL);
  if (!one) return {};
  const uint32_t cpu = cpu_of(flags);
  const bool there = kind == CpuFlags::by_place ? possible.contains(cpu) : cpu < possible.size();
  return there ? std::error_code() : errno_code(ERANGE);
}

size_t CpuSlots::buffer_size(uint64_t flags) const {
  const bool one_value = (flags & (kOneCpu | kAllCpus)) != 0;
  return one_value ? value_size : round_up8(value_size) * possible.size();
}

void CpuSlots::store(MutableBytes row, const std::byte* value, uint64_t flags) const {
  const size_t stride = round_up8(value_size);
  for (size_t i = 0; i < possible.size(); ++i) {
    const uint32_t cpu = possible.ids()[i];
    const size_t place = kind == CpuFlags::by_place ? i : cpu;
    std::byte* slot = row.data() + i * stride;
    if ((flags & kAllCpus) != 0 || ((flags & kOneCpu) != 0 && cpu_of(flags) == cpu)) {
      std::memcpy(slot, value, value_size);
    } else if ((flags & kOneCpu) == 0 && place < possible.size()) {
      std::memcpy(slot, value + place * stride, value_size);
    } else if ((flags & kOneCpu) == 0) {
      std::memset(slot, 0, value_size);
    }
  }
}

void CpuSlots::load(Bytes row, std::byte* value, uint64_t flags) const {
  if ((flags & kOneCpu) == 0) {
    std::memcpy(value, row.data(), row.size());
    return;
  }
  const auto slot = possible.slot_of(cpu_of(flags));
  if (slot)
    std::memcpy(value, row.data() + *slot * round_up8(value_size), value_size);
  else
    std::memset(value, 0, value_size);
}

}  // namespace percpumap
