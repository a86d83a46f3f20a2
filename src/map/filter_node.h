// A filter's expression as a tree, compiled: each node says whether an entry is wanted.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "map/entry_field.h"

namespace percpumap {

class FilterNode {
 public:
  virtual ~FilterNode() = default;
  virtual bool holds(const EntryPlace& entry) const = 0;
};

using FilterNodes = std::vector<std::unique_ptr<const FilterNode>>;
// Whether one is enough, or all have to hold.
enum class Enough { any, all };

std::unique_ptr<const FilterNode> make_junction(Enough enough, FilterNodes parts);
std::unique_ptr<const FilterNode> make_negation(std::unique_ptr<const FilterNode> part);
// With each CPU of the row as the one that is looked at.
std::unique_ptr<const FilterNode> make_each_cpu(Enough enough, const Shape& shape,
                                                std::unique_ptr<const FilterNode> part);

// Which outcomes of a comparison satisfy it, as bits.
enum Outcome : unsigned { kLess = 1, kEqual = 2, kGreater = 4, kUnordered = 8 };

// `wanted`: as many bytes as the field. Numbers compare by value, text as strings, all else by its bytes.
// REQUIRES a field without children.
std::unique_ptr<const FilterNode> make_comparison(EntryField field, unsigned satisfying, Bytes wanted);

}  // namespace percpumap
