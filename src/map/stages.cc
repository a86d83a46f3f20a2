#include "map/stages.h"

#include <cstring>

namespace percpumap {
void choose_cpus(const Shape& from, const CpuList& chosen, Batch& batch) {
  const size_t stride = from.stride();
  std::byte* out = batch.rows.data();  // never ahead of what is read
  for (size_t i = 0; i < batch.count; ++i) {
    const std::byte* slot = batch.rows.data() + i * from.row_size();
    auto slot_cpu = from.cpus.ids().begin();
    for (const uint32_t cpu : chosen.ids()) {  // both lists ascend
      for (; *slot_cpu != cpu; ++slot_cpu) slot += stride;
      std::memmove(out, slot, stride);
      out += stride;
    }
  }
}

}  // namespace percpumap
