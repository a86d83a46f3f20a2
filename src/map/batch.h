// Entries in flat buffers: what moves from the kernel through the stages to the printer.
#pragma once

#include <cstring>
#include <vector>

#include "base/bytes.h"
#include "base/cpu_list.h"

namespace percpumap {

// The sizes that place a byte. A row has one slot per CPU in `cpus`, slots `stride` bytes apart; bytes of a
// slot beyond value_size are padding without meaning.
struct Shape {
  size_t key_size = 0;
  size_t value_size = 0;
  CpuList cpus;
  size_t aggregate_size = 0;  // where a stage makes aggregates

  size_t stride() const { return round_up8(value_size); }
  size_t row_size() const { return stride() * cpus.size(); }
};

// `count` entries. Views point into the batch and are good until it is changed.
struct Batch {
  std::vector<std::byte> keys;        // count * key_size
  std::vector<std::byte> rows;        // count * row_size
  std::vector<std::byte> aggregates;  // count * aggregate_size
  size_t count = 0;

  Bytes key(const Shape& shape, size_t i) const {
    return Bytes(keys).subspan(i * shape.key_size, shape.key_size);
  }
  Bytes row(const Shape& shape, size_t i) const {
    return Bytes(rows).subspan(i * shape.row_size(), shape.row_size());
  }
  // The value (without padding) in slot number `slot` of entry `i`.
  Bytes value(const Shape& shape, size_t i, size_t slot) const {
    return Bytes(rows).subspan(i * shape.row_size() + slot * shape.stride(), shape.value_size);
  }
  Bytes aggregate(const Shape& shape, size_t i) const {
    return Bytes(aggregates).subspan(i * shape.aggregate_size, shape.aggregate_size);
  }
};

}  // namespace percpumap
