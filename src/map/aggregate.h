// One value made of all CPUs' values of an entry, field by field.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "map/batch.h"
#include "types/layout.h"
#include "types/scalar.h"

namespace percpumap {

enum class Aggregate { sum, min, max, avg };
// "sum", "min", "max", "avg".
std::string_view aggregate_name(Aggregate aggregate);
std::optional<Aggregate> aggregate_by_name(std::string_view name);

class Aggregation {
 public:
  // Of what stands, as `value` says, `offset` bytes behind the begin of each slot in rows of this shape.
  // Throws Error (bad_data) for a value without any number, and for one whose aggregate cannot be a layout.
  Aggregation(Aggregate how, const Layout& value, const Shape& shape, size_t offset = 0);

  // What an aggregate is: the value's fields, where
  //   integers are 64 bits of the same sign: sums wrap as the counters do that they add up; an average is
  //   made of a sum of 128 bits and is a float of 64; floats are floats of 64 bits (an average and a sum of
  //   them in double precision; NaN if any is one); any other field is an array of what the CPUs have, in
  //   their order; a union's members stand behind one another, each made of its own.
  const Layout& layout() const { return layout_; }

  // Fills batch.aggregates with layout().size() bytes for each entry. Several threads may do this at the same
  // time, each with its own batch.
  void run(Batch& batch) const;
  // Of one row, to layout().size() bytes.
  void run(const std::byte* row, std::byte* out) const;

 private:
  // Numbers of one type that stand side by side in a slot, or one field of another kind.
  struct Operation {
    using Run = void (*)(const Operation& operation, const std::byte* row, std::byte* out);
    Run run = nullptr;
    IntegerLoader load = nullptr;
    Field field{};  // without its name
    size_t from = 0;
    size_t to = 0;
    size_t count = 1;
    size_t stride = 0;  // of the slots
    size_t slots = 0;
  };
  template <typename Number, typename Fold>
  static void fold(const Operation& operation, const std::byte* row, std::byte* out);
  static void list(const Operation& operation, const std::byte* row, std::byte* out);
  template <typename Number>
  static Operation::Run fold_of(Aggregate how);
  static Operation::Run run_of(Aggregate how, const Field& field);
  void compile(Aggregate how, const Layout& value, size_t offset);
  void add(Operation operation);

  Layout layout_;
  Shape shape_;
  std::vector<Operation> operations_;
};

}  // namespace percpumap
