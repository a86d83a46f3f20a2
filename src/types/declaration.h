// A declaration, read: what a layout and BTF are made from.
#pragma once

#include <string_view>
#include <vector>

#include "types/layout.h"
#include "types/type_words.h"

namespace percpumap {

struct Declaration {
  Field field{};                   // as Layout has it; `end` is not set
  const TypeWord* word = nullptr;  // null: hex[N], an array or a structure
  uint32_t alignment = 1;
  std::vector<Declaration> children{};
};

// See declare_layout().
Declaration parse_declaration(std::string_view declaration, std::string_view what);

}  // namespace percpumap
