// What filters and orders call a field of an entry: key[.PATH], value[.PATH], sum[.PATH], min…, max…, avg….
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "map/aggregate.h"

namespace percpumap {

// Where an entry stands.
struct EntryPlace {
  const std::byte* key = nullptr;
  const std::byte* row = nullptr;
  const std::byte* slot = nullptr;  // in the row: of the CPU that is looked at
};

class EntryField {
 public:
  enum class Part { key, value, aggregate };

  // Throws Error (bad_data) that names what there is instead. An aggregate is that of one number.
  EntryField(std::string_view name, const Layout& key, const Layout& value, const Shape& shape);

  Part part() const { return part_; }
  // Of the field alone; of an aggregate: what Aggregation makes of it.
  const Layout& layout() const { return layout_; }
  // "key.saddr, key.dport": what has a name of its own within it.
  std::string members(std::string_view name) const;

  // Room for an aggregate.
  using Number = std::byte[8];
  // Where it stands; an aggregate is made into `number`.
  const std::byte* find(const EntryPlace& entry, Number& number) const {
    if (part_ == Part::aggregate) return aggregation_->run(entry.row, number), number;
    return (part_ == Part::key ? entry.key : entry.slot) + offset_;
  }

 private:
  EntryField(Part part, std::string_view name, std::string_view path, const Layout& whole);

  Part part_;
  Layout layout_;
  size_t offset_;
  std::optional<Aggregation> aggregation_;
};

// The first number of a value, named as a field of `head`: "sum.packets", "sum.hist[0]", "sum". REQUIRES that
// there is one.
std::string first_number(std::string_view head, const Layout& value);

}  // namespace percpumap
