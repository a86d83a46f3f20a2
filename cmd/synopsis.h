// What may come next on a command line, read from the synopsis that people read.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace percpumap {

struct Step {
  std::string_view label;  // typed as it is; in capitals: a place where any word may stand
  size_t next;             // the state after such a word
};

// Whether any word may stand where a step has this label.
bool is_place(std::string_view label);

// The steps out of one state; at most one is a place, and it stands last.
using Steps = std::vector<Step>;

// The states of a command line, from state 0 before its first word. MAP stands for what it may be (`id ID`,
// `name MAPNAME`, `pinned PIN`, `fd FD` or MAP) and DATA for one word or more, all but the first at BYTE.
// `any_order`: what follows the first item may be written in any order. The labels are views into `synopsis`,
// or constants.
std::vector<Steps> read_synopsis(std::string_view synopsis, bool any_order);

}  // namespace percpumap
