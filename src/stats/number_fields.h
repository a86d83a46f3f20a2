// Which numbers a value has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "types/layout.h"

namespace percpumap {

// An integer or a float where it stands in a value.
struct NumberField {
  std::string name;  // its path, as find_field() takes it; "value" where the value is but one number
  Field field;
  size_t offset;
};

struct NumberFields {
  std::vector<NumberField> fields;
  size_t left_out = 0;  // how many more there are
};

// No more fields than kMostNumbers at a time; and of an array that was not asked for kMostElements.
inline constexpr size_t kMostNumbers = 64;
inline constexpr size_t kMostElements = 8;

// All numbers of `value` in their order, arrays element by element; or those that stand at `path` or below
// it, if it is not empty. Throws Error (bad_data) for a path that names no field or one without numbers.
NumberFields number_fields(const Layout& value, std::string_view path);

}  // namespace percpumap
