// The program that calls bpf_for_each_map_elem().
#pragma once

#include "bpf/code.h"
#include "bpf/entry_program.h"

namespace percpumap {

// Its callback puts each element into `keys` and `values` until Control::stop_at elements are there or the
// arrays are full, and counts them in Control::next.
struct WalkCode {
  Code code;
  size_t callback;  // the instruction where it begins
};
WalkCode walk_code(int map, size_t value_size, const EntryArrays& arrays);

}  // namespace percpumap
