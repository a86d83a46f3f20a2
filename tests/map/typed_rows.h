// Entries made of literals.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "map/batch.h"
#include "types/declare.h"
#include "types/parse.h"

namespace percpumap::test {

using Literals = std::vector<std::string>;

inline std::vector<std::byte> bytes_of(const Layout& layout, const std::string& literal) {
  std::vector<std::byte> bytes(layout.size());
  parse_data(std::vector<std::string>{literal}, layout, "test", bytes);
  return bytes;
}

// A value for each CPU; what is between them must not matter.
inline std::vector<std::byte> row_of(const Shape& shape, const Layout& value, const Literals& literals) {
  std::vector<std::byte> row(shape.row_size(), std::byte{0xee});
  for (size_t slot = 0; slot < literals.size(); ++slot) {
    const auto bytes = bytes_of(value, literals[slot]);
    std::memcpy(row.data() + slot * shape.stride(), bytes.data(), bytes.size());
  }
  return row;
}

inline Shape shape_of(const Layout& key, const Layout& value, size_t cpus) {
  std::vector<uint32_t> ids;
  for (uint32_t cpu = 0; cpu < cpus; ++cpu) ids.push_back(cpu);
  return {key.size(), value.size(), CpuList(std::move(ids))};
}

inline void add(Batch& batch, const std::vector<std::byte>& key, const std::vector<std::byte>& row) {
  batch.keys.insert(batch.keys.end(), key.begin(), key.end());
  batch.rows.insert(batch.rows.end(), row.begin(), row.end());
  ++batch.count;
}

}  // namespace percpumap::test
