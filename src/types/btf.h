// BTF, the kernel's type information (Documentation/bpf/btf.rst): what a map's keys and values are.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "types/layout.h"

struct btf;  // libbpf's

namespace percpumap {

// One BTF object. Cheap to copy; copies share it.
class Btf {
 public:
  // The bytes that BPF_OBJ_GET_INFO_BY_FD gives and BPF_BTF_LOAD takes, for a BTF without base. Throws Error
  // (bad_data) for what is none.
  explicit Btf(Bytes blob);

  const btf* get() const { return btf_.get(); }
  // The bytes again.
  Bytes blob() const;

  // The layout of a type. Throws Error (bad_data), which says why, for what cannot be one: an unknown or
  // recursive type, members outside their structure, too many fields. Typedefs of the names that declarations
  // know (ipv4, mac, comm, hex, …; __be16, __be32, __be64) are what they say. Forward declarations, void and
  // whatever has no form of its own are bytes.
  Layout layout(uint32_t type_id) const;

 private:
  std::shared_ptr<const btf> btf_;
};

}  // namespace percpumap
