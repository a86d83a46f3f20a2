// What has to be true of a type before bytes are walked by it.
#pragma once

#include <cstddef>
#include <cstdint>

struct btf;

namespace percpumap {

// See BtfDump's constructor.
void check_dump(const btf& types, uint32_t type_id, size_t size);

}  // namespace percpumap
