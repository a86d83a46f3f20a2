// A filter's expression (map/filter.h) read.
#pragma once

#include "map/filter_node.h"

namespace percpumap {

// Throws as Filter does.
std::unique_ptr<const FilterNode> parse_filter(std::string_view expression, const Layout& key,
                                               const Layout& value, const Shape& shape);

}  // namespace percpumap
