#include "map/filter_node.h"

#include <algorithm>
#include <utility>

#include "types/scalar.h"

namespace percpumap {
namespace {

class Junction final : public FilterNode {
 public:
  Junction(Enough enough, FilterNodes parts)
      : one_is_enough_(enough == Enough::any), parts_(std::move(parts)) {}

  bool holds(const EntryPlace& entry) const override {
    for (const auto& part : parts_) {
      if (part->holds(entry) == one_is_enough_) return one_is_enough_;
    }
    return !one_is_enough_;
  }

 private:
  bool one_is_enough_;
  FilterNodes parts_;
};

class Negation final : public FilterNode {
 public:
  explicit Negation(std::unique_ptr<const FilterNode> part) : part_(std::move(part)) {}
  bool holds(const EntryPlace& entry) const override { return !part_->holds(entry); }

 private:
  std::unique_ptr<const FilterNode> part_;
};

class EachCpu final : public FilterNode {
 public:
  EachCpu(Enough enough, const Shape& shape, std::unique_ptr<const FilterNode> part)
      : one_is_enough_(enough == Enough::any),
        stride_(shape.stride()),
        slots_(shape.cpus.size()),
        part_(std::move(part)) {}

  bool holds(const EntryPlace& entry) const override {
    EntryPlace place = entry;
    place.slot = entry.row;
    for (size_t slot = 0; slot < slots_; ++slot) {
      if (part_->holds(place) == one_is_enough_) return one_is_enough_;
      place.slot += stride_;
    }
    return !one_is_enough_;
  }

 private:
  bool one_is_enough_;
  size_t stride_;
  size_t slots_;
  std::unique_ptr<const FilterNode> part_;
};

template <typename Value>
unsigned outcome(Value a, Value b) {
  if (a < b) return kLess;
  if (a > b) return kGreater;
  return a == b ? kEqual : kUnordered;
}

// `Order` loads what stands at a field: its load(at) is compared.
template <typename Order>
class Comparison final : public FilterNode {
 public:
  Comparison(EntryField field, unsigned satisfying, Bytes wanted)
      : field_(std::move(field)),
        satisfying_(satisfying),
        order_(field_.layout().root()),
        wanted_(wanted.begin(), wanted.end()) {}

  bool holds(const EntryPlace& entry) const override {
    EntryField::Number number;
    return (order_(field_.find(entry, number), wanted_.data()) & satisfying_) != 0;
  }

 private:
  EntryField field_;
  unsigned satisfying_;
  Order order_;
  std::vector<std::byte> wanted_;
};

template <typename Integer>
struct IntegerOrder {
  explicit IntegerOrder(const Field& root) : field(root), load(integer_loader(root)) {}
  unsigned operator()(const std::byte* a, const std::byte* b) const {
    return outcome(static_cast<Integer>(load(a, field)), static_cast<Integer>(load(b, field)));
  }
  Field field;
  IntegerLoader load;
};

// Whatever is not 0 is true.
struct BooleanOrder {
  explicit BooleanOrder(const Field&) {}
  unsigned operator()(const std::byte* a, const std::byte* b) const {
    return outcome<int>(*a != std::byte{0} ? 1 : 0, *b != std::byte{0} ? 1 : 0);
  }
};

struct FloatingOrder {
  explicit FloatingOrder(const Field& root) : field(root) {}
  unsigned operator()(const std::byte* a, const std::byte* b) const {
    return outcome(load_floating(field, a), load_floating(field, b));
  }
  Field field;
};

// Up to the first NUL, or by all bytes.
struct TextOrder {
  explicit TextOrder(const Field& root) : size(root.size) {}
  unsigned operator()(const std::byte* a, const std::byte* b) const {
    return outcome(std::strncmp(reinterpret_cast<const char*>(a), reinterpret_cast<const char*>(b), size), 0);
  }
  size_t size;
};

struct BytesOrder {
  explicit BytesOrder(const Field& root) : size(root.size) {}
  unsigned operator()(const std::byte* a, const std::byte* b) const {
    return outcome(std::memcmp(a, b, size), 0);
  }
  size_t size;
};

}  // namespace

std::unique_ptr<const FilterNode> make_junction(Enough enough, FilterNodes parts) {
  return std::make_unique<Junction>(enough, std::move(parts));
}

std::unique_ptr<const FilterNode> make_negation(std::unique_ptr<const FilterNode> part) {
  return std::make_unique<Negation>(std::move(part));
}

std::unique_ptr<const FilterNode> make_each_cpu(Enough enough, const Shape& shape,
                                                std::unique_ptr<const FilterNode> part) {
  return std::make_unique<EachCpu>(enough, shape, std::move(part));
}

std::unique_ptr<const FilterNode> make_comparison(EntryField field, unsigned satisfying, Bytes wanted) {
  const auto make = [&]<typename Order>() -> std::unique_ptr<const FilterNode> {
    return std::make_unique<Comparison<Order>>(std::move(field), satisfying, wanted);
  };
  const Field root = field.layout().root();
  switch (root.kind) {
    case Kind::integer:
    case Kind::enumeration:
    case Kind::pointer:
      return root.is_signed ? make.operator()<IntegerOrder<int64_t>>()
                            : make.operator()<IntegerOrder<uint64_t>>();
    case Kind::boolean: return make.operator()<BooleanOrder>();
    case Kind::floating: return make.operator()<FloatingOrder>();
    case Kind::text: return make.operator()<TextOrder>();
    default: return make.operator()<BytesOrder>();
  }
}

}  // namespace percpumap
