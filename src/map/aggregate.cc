#include "map/aggregate.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <type_traits>
#include <utility>

#include "base/error.h"

namespace percpumap {
namespace {

__extension__ using Wide = __int128;

constexpr size_t kNumberSize = 8;

// What numbers are folded into: made of the first CPU's, then given the others'. Unsigned sums are also those
// of signed numbers.
template <typename Number>
struct Sum {
  Number sum;
  explicit Sum(Number first) : sum(first) {}
  void add(Number number) { sum += number; }
  Number result(size_t) const { return sum; }
};

template <typename Number>
struct Extreme {
  Number extreme;
  explicit Extreme(Number first) : extreme(first) {}
  // Once it is a NaN it stays one.
  template <typename Beats>
  void keep(Number number, Beats beats) {
    bool nan = false;
    if constexpr (std::is_floating_point_v<Number>) nan = std::isnan(number);
    if (nan || beats(number, extreme)) extreme = number;
  }
  Number result(size_t) const { return extreme; }
};

template <typename Number>
struct Least : Extreme<Number> {
  using Extreme<Number>::Extreme;
  void add(Number number) { this->keep(number, std::less<Number>()); }
};

template <typename Number>
struct Greatest : Extreme<Number> {
  using Extreme<Number>::Extreme;
  void add(Number number) { this->keep(number, std::greater<Number>()); }
};

template <typename Number>
struct Average {
  using Sum = std::conditional_t<std::is_floating_point_v<Number>, double, Wide>;
  Sum sum;
  explicit Average(Number first) : sum(first) {}
  void add(Number number) { sum += number; }
  double result(size_t count) const { return static_cast<double>(sum) / static_cast<double>(count); }
};

bool is_native(const Field& field) {
  return field.size == kNumberSize && field.bit_size == 0 && !field.big_endian;
}

// Side by side and of one type.
bool continues(const Field& a, const Field& b) {
  return a.kind == b.kind && a.is_signed == b.is_signed && a.big_endian == b.big_endian && a.size == b.size &&
         a.bit_size == 0 && b.bit_size == 0;
}

class AggregateLayout {
 public:
  AggregateLayout(Aggregate how, const Layout& value, size_t cpus) : how_(how), value_(value), cpus_(cpus) {}

  Layout make() {
    if (size(0) > kLargestLayout)
      throw Error(Problem::bad_data, "the aggregate of such a value is too large");
    add(0, 0);
    return builder_.finish();
  }

 private:
  // Of the field's aggregate, in bytes.
  size_t size(size_t index) const {
    const Field& field = value_[index];
    if (field.is_number()) return kNumberSize;
    if (!field.has_children()) return field.size * cpus_;
    size_t members = 0;
    for (size_t child = index + 1; child < field.end; child = value_[child].end) members += size(child);
    return field.kind == Kind::array ? members * field.count : members;
  }

  // `offset`: in what holds it.
  void add(size_t index, size_t offset) {
    Field field = value_[index];
    field.offset = static_cast<uint32_t>(offset);
    if (field.is_number()) return builder_.add(number(field));
    if (!field.has_children()) return add_list(field);
    field.size = static_cast<uint32_t>(size(index));
    if (field.kind == Kind::one_of) field.kind = Kind::structure;
    builder_.begin(field);
    size_t at = 0;
    for (size_t child = index + 1; child < value_[index].end; child = value_[child].end) {
      add(child, at);
      at += size(child);
    }
    builder_.end();
  }

  Field number(const Field& from) const {
    const bool floats = how_ == Aggregate::avg || from.kind == Kind::floating;
    return {.kind = floats ? Kind::floating : Kind::integer,
            .is_signed = from.is_signed && !floats,
            .display = from.display,
            .offset = from.offset,
            .size = kNumberSize,
            .name = from.name};
  }

  // An array with an element for each CPU.
  void add_list(Field field) {
    builder_.begin({.kind = Kind::array,
                    .offset = field.offset,
                    .size = static_cast<uint32_t>(field.size * cpus_),
                    .count = static_cast<uint32_t>(cpus_),
                    .name = field.name});
    if (field.kind == Kind::enumeration) field.choices = builder_.choices(value_.enumerators(field));
    field.offset = 0;
    field.name.clear();
    builder_.add(field);
    builder_.end();
  }

  const Aggregate how_;
  const Layout& value_;
  const size_t cpus_;
  LayoutBuilder builder_;
};

Layout aggregate_layout(Aggregate how, const Layout& value, size_t cpus) {
  if (!value.has_numbers()) {
    throw Error(Problem::bad_data,
                value.is_bytes()
                    ? fmt::format("{} needs to know what the bytes of a value are", aggregate_name(how))
                    : fmt::format("a value that is {} has no number to make the {} of", value.name(),
                                  aggregate_name(how)))
        .advise("say what the value is with --value-type, for example u64");
  }
  return AggregateLayout(how, value, cpus).make();
}

}  // namespace

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

// The usual counter is loaded in place; every other number by its loader.
template <typename Number, typename Fold>
void Aggregation::fold(const Operation& operation, const std::byte* row, std::byte* out) {
  const auto number_at = [&](const std::byte* at) -> Number {
    if constexpr (std::is_floating_point_v<Number>) return load_floating(operation.field, at);
    const uint64_t bits =
        operation.load == nullptr ? load<uint64_t>(at) : operation.load(at, operation.field);
    return static_cast<Number>(bits);
  };
  out += operation.to;
  for (size_t i = 0; i < operation.count; ++i) {
    const std::byte* at = row + operation.from + i * operation.field.size;
    Fold result(number_at(at));
    for (size_t slot = 1; slot < operation.slots; ++slot) result.add(number_at(at += operation.stride));
    const auto number = result.result(operation.slots);
    static_assert(sizeof number == kNumberSize);
    std::memcpy(out + i * kNumberSize, &number, kNumberSize);
  }
}

void Aggregation::list(const Operation& operation, const std::byte* row, std::byte* out) {
  out += operation.to;
  for (size_t slot = 0; slot < operation.slots; ++slot) {
    std::memcpy(out, row + operation.from + slot * operation.stride, operation.field.size);
    out += operation.field.size;
  }
}

template <typename Number>
Aggregation::Operation::Run Aggregation::fold_of(Aggregate how) {
  using Summed = std::conditional_t<std::is_floating_point_v<Number>, double, uint64_t>;
  switch (how) {
    case Aggregate::sum: return fold<Number, Sum<Summed>>;
    case Aggregate::min: return fold<Number, Least<Number>>;
    case Aggregate::max: return fold<Number, Greatest<Number>>;
    case Aggregate::avg: break;
  }
  return fold<Number, Average<Number>>;
}

Aggregation::Operation::Run Aggregation::run_of(Aggregate how, const Field& field) {
  if (field.kind == Kind::floating) return fold_of<double>(how);
  if (field.kind != Kind::integer) return list;
  return field.is_signed ? fold_of<int64_t>(how) : fold_of<uint64_t>(how);
}

Aggregation::Aggregation(Aggregate how, const Layout& value, const Shape& shape, size_t offset)
    : layout_(aggregate_layout(how, value, shape.cpus.size())), shape_(shape) {
  compile(how, value, offset);
}

// Aggregates have no gaps, so each field's place is behind the one before.
void Aggregation::compile(Aggregate how, const Layout& value, size_t offset) {
  size_t to = 0;
  for_each_leaf(value, 0, offset, [&](const Field& leaf, size_t at) {
    Operation operation{.run = run_of(how, leaf),
                        .field = leaf,
                        .from = at,
                        .to = to,
                        .stride = shape_.stride(),
                        .slots = shape_.cpus.size()};
    operation.field.name.clear();
    if (leaf.kind == Kind::integer && !is_native(leaf)) operation.load = integer_loader(leaf);
    to += leaf.is_number() ? kNumberSize : leaf.size * operation.slots;
    add(std::move(operation));
  });
}

void Aggregation::add(Operation operation) {
  if (!operations_.empty() && operation.field.is_number()) {
    Operation& last = operations_.back();
    if (continues(last.field, operation.field) &&
        operation.from == last.from + last.count * last.field.size) {
      ++last.count;
      return;
    }
  }
  operations_.push_back(std::move(operation));
}

void Aggregation::run(Batch& batch) const {
  const size_t row_size = shape_.row_size();
  batch.aggregates.resize(batch.count * layout_.size());
  for (size_t i = 0; i < batch.count; ++i) {
    run(batch.rows.data() + i * row_size, batch.aggregates.data() + i * layout_.size());
  }
}

void Aggregation::run(const std::byte* row, std::byte* out) const {
  for (const Operation& operation : operations_) operation.run(operation, row, out);
}

}  // namespace percpumap
