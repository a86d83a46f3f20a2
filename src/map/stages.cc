#include "map/stages.h"

#include <cstring>

#include "types/format.h"

namespace percpumap {

Shape choose_cpus(const Shape& from, const CpuList& chosen, Batch& batch) {
  Shape to{from.key_size, from.value_size, chosen};
  std::vector<size_t> offsets;
  for (const uint32_t cpu : chosen.ids()) offsets.push_back(*from.cpus.slot_of(cpu) * from.stride());
  std::byte* out = batch.rows.data();  // never ahead of the row it reads
  for (size_t i = 0; i < batch.count; ++i) {
    const std::byte* row = batch.rows.data() + i * from.row_size();
    for (const size_t offset : offsets) {
      std::memmove(out, row + offset, to.stride());
      out += to.stride();
    }
  }
  return to;
}

void sum_slots(const Shape& shape, const Layout& value, Batch& batch) {
  batch.aggregates.resize(batch.count * 8);
  for (size_t i = 0; i < batch.count; ++i) {
    uint64_t sum = 0;
    for (size_t slot = 0; slot < shape.cpus.size(); ++slot)
      sum += load_integer(value, batch.value(shape, i, slot));
    std::memcpy(batch.aggregates.data() + i * 8, &sum, 8);
  }
}

}  // namespace percpumap
