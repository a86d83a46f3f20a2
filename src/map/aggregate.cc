#include "map/aggregate.h"

#include "types/scalar.h"

namespace percpumap {

std::string_view aggregate_name(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::sum: return "sum";
    case Aggregate::min: return "min";
    case Aggregate::max: return "max";
    case Aggregate::avg: break;
  }
  return "avg";
}

std::optional<Aggregate> aggregate_by_name(std::string_view name) {
  for (const auto aggregate : {Aggregate::sum, Aggregate::min, Aggregate::max, Aggregate::avg}) {
    if (aggregate_name(aggregate) == name) return aggregate;
  }
  return std::nullopt;
}

Aggregation::Aggregation(Aggregate, const Layout& value, const Shape& shape)
    : layout_(Layout::integer(8, value.root().is_signed)), row_size_(shape.row_size()) {}

void Aggregation::run(Batch& batch) const {
  batch.aggregates.resize(batch.count * layout_.size());
  for (size_t i = 0; i < batch.count; ++i) {
    run(Bytes(batch.rows).subspan(i * row_size_, row_size_),
        MutableBytes(batch.aggregates).subspan(i * layout_.size(), layout_.size()));
  }
}

void Aggregation::run(Bytes, MutableBytes) const {}

}  // namespace percpumap
