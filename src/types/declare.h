// Types in words: "u32", "ipv4", "char[16]", "{saddr:ipv4,dport:be16}", "packed{a:u8,b:u64}".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "types/layout.h"

namespace percpumap {

// A declaration, as CLI.md's users write it: u8 … u64, i8 … i64, be16 be32 be64, bool, char, f32, f64, ipv4,
// ipv6, mac, comm; TYPE[N]; {name:type,…} with C's alignment on this machine; packed{…}; hex[N] (opaque
// bytes). Throws Error (bad_data) with the place (the character, from 1) and what was expected there; `what`
// is "key" or "value".
Layout declare_layout(std::string_view declaration, std::string_view what);

// The same for a key or value of `size` bytes; "hex" alone is opaque bytes of that size. Throws Error
// (bad_data) that names both sizes where they differ.
Layout declare_layout(std::string_view declaration, size_t size, std::string_view what);

// BTF of a key and a value type: what BPF_BTF_LOAD takes, and which types they are.
struct DeclaredBtf {
  std::vector<std::byte> blob;
  uint32_t key_type_id = 0;
  uint32_t value_type_id = 0;
};

// BTF whose layouts (Btf::layout) are those of the declarations. Names without a BTF kind of their own become
// typedefs. Throws as declare_layout().
DeclaredBtf declare_btf(std::string_view key, std::string_view value);

}  // namespace percpumap
