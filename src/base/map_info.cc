#include "base/map_info.h"

#include <array>
#include <bit>
#include <utility>

namespace percpumap {
namespace {

// enum bpf_map_type in order, as bpftool writes the names.
constexpr auto kTypeNames = std::to_array<std::string_view>({"unspec",
                                                             "hash",
                                                             "array",
                                                             "prog_array",
                                                             "perf_event_array",
                                                             "percpu_hash",
                                                             "percpu_array",
                                                             "stack_trace",
                                                             "cgroup_array",
                                                             "lru_hash",
                                                             "lru_percpu_hash",
                                                             "lpm_trie",
                                                             "array_of_maps",
                                                             "hash_of_maps",
                                                             "devmap",
                                                             "sockmap",
                                                             "cpumap",
                                                             "xskmap",
                                                             "sockhash",
                                                             "cgroup_storage",
                                                             "reuseport_sockarray",
                                                             "percpu_cgroup_storage",
                                                             "queue",
                                                             "stack",
                                                             "sk_storage",
                                                             "devmap_hash",
                                                             "struct_ops",
                                                             "ringbuf",
                                                             "inode_storage",
                                                             "task_storage",
                                                             "bloom_filter",
                                                             "user_ringbuf",
                                                             "cgrp_storage",
                                                             "arena",
                                                             "insn_array"});

constexpr auto kFlagNames = std::to_array<std::pair<std::string_view, uint32_t>>({
    {"no_prealloc", kNoPrealloc},
    {"numa_node", kNumaNode},
    {"rdonly", kReadOnly},
    {"wronly", kWriteOnly},
    {"zero_seed", kZeroSeed},
    {"rdonly_prog", kReadOnlyProg},
    {"wronly_prog", kWriteOnlyProg},
});

std::string hex_number(uint32_t value) {
  std::string digits;
  for (; value != 0; value >>= 4) digits.insert(digits.begin(), "0123456789abcdef"[value & 15]);
  return "0x" + (digits.empty() ? "0" : digits);
}

}  // namespace

std::string map_type_name(uint32_t type) {
  return type < kTypeNames.size() ? std::string(kTypeNames[type]) : "type " + std::to_string(type);
}

std::optional<uint32_t> map_flag_by_name(std::string_view name) {
  for (const auto& [known, bit] : kFlagNames) {
    if (known == name) return bit;
  }
  return std::nullopt;
}

std::vector<std::string> map_flag_names(uint32_t flags) {
  std::vector<std::string> names;
  for (const auto& [name, bit] : kFlagNames) {
    if ((flags & bit) != 0) names.emplace_back(name);
    flags &= ~bit;
  }
  if (flags != 0) names.push_back(hex_number(flags));
  return names;
}

uint64_t bucket_count(uint32_t max_entries) {
  return std::bit_ceil(uint64_t{max_entries});
}

}  // namespace percpumap
