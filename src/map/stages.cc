#include "map/stages.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace percpumap {

void choose_cpus(const Shape& from, const CpuList& chosen, Batch& batch) {
  if (!std::ranges::includes(from.cpus.ids(), chosen.ids()))
    throw Error(Problem::bug, "CPUs " + chosen.to_string() + " of rows of " + from.cpus.to_string());
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

void space_values(const Shape& shape, Batch& batch) {
  const size_t size = shape.value_size;
  if (size == shape.stride()) return;
  for (size_t i = batch.count; i-- > 1;) {  // from behind: never onto what is still to be moved
    std::memmove(batch.rows.data() + i * shape.stride(), batch.rows.data() + i * size, size);
  }
}

}  // namespace percpumap
