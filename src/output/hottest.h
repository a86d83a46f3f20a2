// Which CPU has the most.
#pragma once

#include <vector>

#include "base/literal.h"
#include "map/batch.h"
#include "types/layout.h"
#include "types/scalar.h"

namespace percpumap {

// Of one number in every CPU's value: "CPU 7   83 %", the CPU that has the most and its share of all CPUs'
// sum; without the share where some CPU has less than zero, "-" where none has anything.
class Hottest {
 public:
  // REQUIRES that the field is a number; it stands at `offset` in the values of rows of this shape.
  Hottest(const Field& field, size_t offset, const Shape& shape);

  // No text is longer.
  size_t width() const { return labels_.back().size() + kShareWidth; }
  // Overwrites up to Literal::kExcess characters behind the end.
  char* put(char* out, const std::byte* row) const;

 private:
  static constexpr size_t kShareWidth = 5;  // "100 %"

  double number(const std::byte* at) const;

  Field field_;
  IntegerLoader load_ = nullptr;  // of an integer
  size_t offset_;
  size_t stride_;
  std::vector<Literal> labels_;  // by slot, all of the same size
};

}  // namespace percpumap
