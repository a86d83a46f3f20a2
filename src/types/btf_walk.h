// From a BTF type to its layout.
#pragma once

#include <cstdint>

#include "types/layout.h"

struct btf;

namespace percpumap {

// See Btf::layout().
Layout layout_of(const btf& types, uint32_t type_id);

}  // namespace percpumap
