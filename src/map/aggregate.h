// One value made of all CPUs' values of an entry, field by field.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "map/batch.h"
#include "types/layout.h"

namespace percpumap {

enum class Aggregate { sum, min, max, avg };
// "sum", "min", "max", "avg".
std::string_view aggregate_name(Aggregate aggregate);
std::optional<Aggregate> aggregate_by_name(std::string_view name);

class Aggregation {
 public:
  // Of the values that stand in rows of this shape.
  Aggregation(Aggregate how, const Layout& value, const Shape& shape);

  // What an aggregate is: the value's fields, where
  //   integers are 64 bits of the same sign: sums wrap as the counters do that they add up; an average is made
  //   of a sum of 128 bits and is a float of 64;
  //   floats are floats of 64 bits (an average and a sum of them in double precision; NaN if any is one);
  //   any other field is an array of what the CPUs have, in their order;
  //   a union's members stand behind one another, each made of its own.
  const Layout& layout() const { return layout_; }

  // Fills batch.aggregates with layout().size() bytes for each entry. Several threads may do this at the same
  // time, each with its own batch.
  void run(Batch& batch) const;
  // Of one row, to layout().size() bytes.
  void run(Bytes row, MutableBytes out) const;

 private:
  Layout layout_;
  size_t row_size_;
};

}  // namespace percpumap
