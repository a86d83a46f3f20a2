#include "map/stages.h"

#include <cstring>

#include "types/format.h"

namespace percpumap {
namespace {

template <typename Integer>
void sum_integers(const Shape& shape, Batch& batch) {
  const size_t stride = shape.stride();
  const std::byte* slot = batch.rows.data();
  for (size_t i = 0; i < batch.count; ++i) {
    uint64_t sum = 0;
    for (const std::byte* const end = slot + shape.row_size(); slot < end; slot += stride) {
      sum += load<Integer>(slot);
    }
    std::memcpy(batch.aggregates.data() + i * 8, &sum, 8);
  }
}

}  // namespace

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

void sum_slots(const Shape& shape, const Layout& value, Batch& batch) {
  batch.aggregates.resize(batch.count * 8);
  with_integer(value, [&](auto zero) { sum_integers<decltype(zero)>(shape, batch); });
}

}  // namespace percpumap
