// Plain data about maps: what is asked for at create, what the kernel tells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace percpumap {

// include/uapi/linux/bpf.h, enum bpf_map_type.
inline constexpr uint32_t kPercpuHash = 5;
inline constexpr uint32_t kLruPercpuHash = 10;

// "percpu_hash", "hash", …: the kernel's name in lower case, "type 99" for one unknown to us.
std::string map_type_name(uint32_t type);

// Create flags that a per-CPU hash knows (htab_map_alloc_check(), HTAB_CREATE_FLAG_MASK).
enum MapFlag : uint32_t {
  kNoPrealloc = 1U << 0,
  kNumaNode = 1U << 2,
  kReadOnly = 1U << 3,   // of the descriptor, not of the map; also an open flag
  kWriteOnly = 1U << 4,  // likewise
  kZeroSeed = 1U << 6,
  kReadOnlyProg = 1U << 7,
  kWriteOnlyProg = 1U << 8,
};

// The value of a flag's name as `create` takes it ("no_prealloc"), and the names of the flags in `flags`
// in bit order; bits without a name come as one "0x…" at the end.
std::optional<uint32_t> map_flag_by_name(std::string_view name);
std::vector<std::string> map_flag_names(uint32_t flags);

// Update flags (BPF_ANY, BPF_NOEXIST, BPF_EXIST).
inline constexpr uint64_t kAny = 0;
inline constexpr uint64_t kNoExist = 1;
inline constexpr uint64_t kExist = 2;
// BPF_F_LOCK: known since 5.1, but the values of a per-CPU hash hold no lock.
inline constexpr uint64_t kLock = 4;
// BPF_F_CPU, with the CPU's number in the upper 32 bits, and BPF_F_ALL_CPUS: since 7.0. The buffer is then
// one value of value_size bytes.
inline constexpr uint64_t kOneCpu = 8;
inline constexpr uint64_t kAllCpus = 16;

// The argument of BPF_MAP_CREATE.
struct MapSpec {
  uint32_t type = kPercpuHash;
  uint32_t key_size = 0;    // bytes
  uint32_t value_size = 0;  // bytes of one CPU's value
  uint32_t max_entries = 0;
  uint32_t flags = 0;
  int32_t numa_node = -1;  // read by the kernel only with kNumaNode
  std::string name;        // at most 15 of [A-Za-z0-9_.]
  // What BPF_BTF_LOAD takes, and the types in it; empty: no BTF. The sizes of the types have to be those
  // above.
  std::vector<std::byte> btf{};
  uint32_t btf_key_type_id = 0;
  uint32_t btf_value_type_id = 0;
};

// The answer of BPF_OBJ_GET_INFO_BY_FD (struct bpf_map_info).
struct MapInfo {
  uint32_t type = 0;
  uint32_t id = 0;
  uint32_t key_size = 0;
  uint32_t value_size = 0;
  uint32_t max_entries = 0;
  uint32_t flags = 0;  // without kReadOnly and kWriteOnly since 5.2
  std::string name;
  uint32_t btf_id = 0;  // 0: no BTF
  uint32_t btf_key_type_id = 0;
  uint32_t btf_value_type_id = 0;
};

inline bool is_percpu_hash(const MapInfo& info) {
  return info.type == kPercpuHash || info.type == kLruPercpuHash;
}

// Buckets of a hash map: max_entries rounded up to a power of two (htab_map_alloc(), kernel/bpf/hashtab.c). A
// key's bucket never changes.
uint64_t bucket_count(uint32_t max_entries);

// What only fdinfo tells (bpf_map_show_fdinfo(), kernel/bpf/syscall.c).
struct MapUsage {
  uint64_t memlock = 0;  // bytes; what it counts differs by kernel, kernel-semantics.md 8.2
  bool frozen = false;
};

}  // namespace percpumap
