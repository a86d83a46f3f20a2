// Which entries are wanted: an expression over fields of the key, of the CPUs' values and of their
// aggregates.
//
//   EXPR  = EXPR || EXPR | EXPR && EXPR | ! EXPR | ( EXPR ) | any( EXPR ) | all( EXPR ) | FIELD OP LITERAL
//   FIELD = key[.PATH] | value[.PATH] | sum[.PATH] | min… | max… | avg…        OP = == != < <= > >=
//
// `and`, `or` and `not` are the same as && || !, which bind in this order: ! && ||. A literal is what the
// field's type reads on the command line, in quotes where it has blanks, quotes, parentheses or operators in
// it; for opaque bytes hexadecimal digits. value.PATH is the value of one CPU: of any CPU, unless any(…) or
// all(…) stands around it, which look at one CPU after the other with all that is in them. A field that is
// true or false stands alone, too: `key.is_ipv6`.
#pragma once

#include <memory>
#include <string_view>

#include "map/batch.h"
#include "types/layout.h"

namespace percpumap {

class FilterNode;

class Filter {
 public:
  // Of entries whose rows have this shape. Throws Error (bad_data) with the place (the character, from 1) for
  // what is no expression, names no field or compares with what the field cannot hold.
  Filter(std::string_view expression, const Layout& key, const Layout& value, const Shape& shape);
  ~Filter();

  // Drops the other entries, their keys and rows; batch.aggregates is nothing it looks at. Several threads
  // may do this at the same time, each with its own batch.
  void run(Batch& batch) const;
  bool matches(const std::byte* key, const std::byte* row) const;

 private:
  std::unique_ptr<const FilterNode> root_;
  Shape shape_;
};

}  // namespace percpumap
