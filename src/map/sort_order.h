// By which field entries are sorted.
#pragma once

#include <string_view>
#include <vector>

#include "map/entry_field.h"

namespace percpumap {

// A rank is a run of bytes that compares by memcmp(3) as the entries do.
class SortOrder {
 public:
  // `order`: FIELD[:asc|:desc], where FIELD is one of the key or an aggregate; a key that is a structure is
  // sorted by its members in turn. Numbers by value (NaN is above them all), text as strings, all else by its
  // bytes. `shape` is that of the rows. Throws Error (bad_data) for another field.
  SortOrder(std::string_view order, const Layout& key, const Layout& value, const Shape& shape);

  // Bytes of a rank.
  size_t size() const { return size_; }
  void rank(const std::byte* key, const std::byte* row, std::byte* out) const;

 private:
  struct Part {
    using Put = std::byte* (*)(const Part& part, const std::byte* at, std::byte* out);
    Put put = nullptr;
    Field field{};
    size_t offset = 0;
  };
  void add(const Field& leaf, size_t offset);

  EntryField field_;
  bool descending_;
  std::vector<Part> parts_;
  size_t size_ = 0;
};

}  // namespace percpumap
