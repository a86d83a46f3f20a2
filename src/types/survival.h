// What text alone cannot carry.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "types/layout.h"

namespace percpumap {

// Whether what ValueWriter makes of the value (without Field::display) reads back as the same bytes: false
// for padding that is not zero, for characters behind a NUL or that are no UTF-8, for booleans above 1 and
// for NaNs with a payload.
class Survival {
 public:
  explicit Survival(const Layout& layout);

  // Every value does.
  bool is_certain() const { return lossy_.empty() && covered_.empty(); }
  bool operator()(Bytes value) const;

 private:
  struct Part {
    Kind kind;
    uint32_t size;
    size_t offset;
  };
  std::vector<Part> lossy_;
  std::vector<std::byte> covered_;
};

}  // namespace percpumap
