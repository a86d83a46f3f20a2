// What `add` adds to an entry.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "backend/program_call.h"
#include "types/layout.h"
#include "types/parse_leaf.h"

namespace percpumap {

struct Delta {
  std::vector<std::byte> value;      // value_size bytes; zero where nothing is added
  std::vector<AddedNumber> numbers;  // the others
};

// The words of DATA as parse_data() reads them, but of a structure the members that are added to are enough,
// and every integer may be negative. Throws Error (bad_data), also where something is given for what programs
// cannot add to: see added_numbers().
Delta parse_delta(std::span<const std::string> words, const Layout& value, WideNumbers wide);

// What programs can add to: the integers of 1 to 8 bytes and native order, no bit-fields, ascending. Of
// members of a union that share bytes the largest.
std::vector<AddedNumber> native_integers(const Layout& value);

// Those that hold all bytes of `delta` that are not zero. Throws Error (bad_data) that names what is there
// instead.
std::vector<AddedNumber> added_numbers(const Layout& value, Bytes delta);

}  // namespace percpumap
