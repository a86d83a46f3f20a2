#include "types/btf.h"

#include "base/error.h"

namespace percpumap {

Btf::Btf(Bytes) {
  throw Error(Problem::unsupported, "BTF is not read yet");
}

Bytes Btf::blob() const {
  return {};
}

Layout Btf::layout(uint32_t) const {
  return Layout::bytes(0);
}

}  // namespace percpumap
