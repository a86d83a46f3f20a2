#include "map/filter.h"

#include "map/filter_node.h"
#include "map/filter_parser.h"

namespace percpumap {

Filter::Filter(std::string_view expression, const Layout& key, const Layout& value, const Shape& shape)
    : root_(parse_filter(expression, key, value, shape)), shape_(shape) {}

Filter::~Filter() = default;

bool Filter::matches(const std::byte* key, const std::byte* row) const {
  return root_->holds({.key = key, .row = row});
}

void Filter::run(Batch& batch) const {
  const size_t row_size = shape_.row_size();
  size_t kept = 0;
  for (size_t i = 0; i < batch.count; ++i) {
    const std::byte* key = batch.keys.data() + i * shape_.key_size;
    const std::byte* row = batch.rows.data() + i * row_size;
    if (!matches(key, row)) continue;
    if (kept < i) {
      std::memcpy(batch.keys.data() + kept * shape_.key_size, key, shape_.key_size);
      std::memcpy(batch.rows.data() + kept * row_size, row, row_size);
    }
    ++kept;
  }
  batch.count = kept;
}

}  // namespace percpumap
