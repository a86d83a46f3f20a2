// The words that name types, in declarations and as typedefs in BTF.
#pragma once

#include <string>
#include <string_view>

#include "types/layout.h"

namespace percpumap {

struct TypeWord {
  std::string_view word;
  Field leaf;       // without name and place
  bool is_typedef;  // BTF has no kind for it, or not everywhere: a typedef of this word says it
};

// Null for a word that is none. `hex` is not among them, for it has no size of its own.
const TypeWord* find_type_word(std::string_view word);

// What a typedef of this name says about a type of `size` bytes, null if nothing: is_typedef, and the
// kernel's
// __be16, __be32, __be64.
const TypeWord* find_typedef(std::string_view name, uint64_t size);

// "u8 u16 …": all of them and hex, for messages.
std::string known_type_words();

}  // namespace percpumap
