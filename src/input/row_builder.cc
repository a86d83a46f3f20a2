#include "input/row_builder.h"

#include <algorithm>

#include "input/bad_data.h"

namespace percpumap {

RowBuilder::RowBuilder(const EntryFormat& format)
    : format_(format), slots_(format.shape.cpus.size()), needed_(format.shape.cpus.size()) {
  const CpuList needed = format.needed.value_or(format.shape.cpus);
  for (const uint32_t cpu : needed.ids()) needed_[*format.shape.cpus.slot_of(cpu)] = 1;
  needed_count_ = needed.size();
}

void RowBuilder::start(MutableBytes row) {
  row_ = row;
  std::fill(row.begin(), row.end(), std::byte{0});
  std::fill(slots_.begin(), slots_.end(), 0);
  there_ = 0;
}

MutableBytes RowBuilder::value_of(uint32_t cpu) {
  const Shape& shape = format_.shape;
  const auto slot = shape.cpus.slot_of(cpu);
  if (!slot) throw bad_data("CPU {} is not one of this machine ({})", cpu, shape.cpus.to_string());
  if (slots_[*slot] != 0) throw bad_data("CPU {} comes twice", cpu);
  slots_[*slot] = 1;
  there_ += static_cast<size_t>(needed_[*slot]);
  return row_.subspan(*slot * shape.stride(), shape.value_size);
}

void RowBuilder::finish() const {
  if (has_all() || format_.missing_cpu_zero) return;
  std::vector<uint32_t> missing;
  for (size_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot] == 0 && needed_[slot] != 0) missing.push_back(format_.shape.cpus.ids()[slot]);
  }
  throw bad_data("no value for CPU {}", CpuList(std::move(missing)).to_string())
      .advise("--missing-cpu zero fills in zeroes");
}

}  // namespace percpumap
