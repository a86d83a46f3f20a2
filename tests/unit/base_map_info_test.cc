#include <gtest/gtest.h>
#include <linux/bpf.h>

#include "base/map_info.h"

namespace percpumap {
namespace {

using Names = std::vector<std::string>;

TEST(MapType, HasTheKernelsNumber) {
  EXPECT_EQ(kPercpuHash, uint32_t{BPF_MAP_TYPE_PERCPU_HASH});
  EXPECT_EQ(kLruPercpuHash, uint32_t{BPF_MAP_TYPE_LRU_PERCPU_HASH});
}

TEST(MapType, HasTheKernelsName) {
  EXPECT_EQ(map_type_name(BPF_MAP_TYPE_UNSPEC), "unspec");
  EXPECT_EQ(map_type_name(BPF_MAP_TYPE_HASH), "hash");
  EXPECT_EQ(map_type_name(BPF_MAP_TYPE_PERCPU_HASH), "percpu_hash");
  EXPECT_EQ(map_type_name(BPF_MAP_TYPE_LRU_PERCPU_HASH), "lru_percpu_hash");
  EXPECT_EQ(map_type_name(BPF_MAP_TYPE_LPM_TRIE), "lpm_trie");
  EXPECT_EQ(map_type_name(BPF_MAP_TYPE_STRUCT_OPS), "struct_ops");
  EXPECT_EQ(map_type_name(BPF_MAP_TYPE_BLOOM_FILTER), "bloom_filter");
}

TEST(MapType, UnknownIsItsNumber) {
  EXPECT_EQ(map_type_name(99), "type 99");
}

TEST(MapFlag, HasTheKernelsBit) {
  EXPECT_EQ(map_flag_by_name("no_prealloc"), uint32_t{BPF_F_NO_PREALLOC});
  EXPECT_EQ(map_flag_by_name("numa_node"), uint32_t{BPF_F_NUMA_NODE});
  EXPECT_EQ(map_flag_by_name("rdonly"), uint32_t{BPF_F_RDONLY});
  EXPECT_EQ(map_flag_by_name("wronly"), uint32_t{BPF_F_WRONLY});
  EXPECT_EQ(map_flag_by_name("zero_seed"), uint32_t{BPF_F_ZERO_SEED});
  EXPECT_EQ(map_flag_by_name("rdonly_prog"), uint32_t{BPF_F_RDONLY_PROG});
  EXPECT_EQ(map_flag_by_name("wronly_prog"), uint32_t{BPF_F_WRONLY_PROG});
}

TEST(MapFlag, UnknownNameHasNone) {
  EXPECT_EQ(map_flag_by_name("mmapable"), std::nullopt);
  EXPECT_EQ(map_flag_by_name("NO_PREALLOC"), std::nullopt);
  EXPECT_EQ(map_flag_by_name(""), std::nullopt);
}

TEST(MapFlag, NamesComeInBitOrder) {
  EXPECT_EQ(map_flag_names(0), Names{});
  EXPECT_EQ(map_flag_names(kZeroSeed | kNoPrealloc), (Names{"no_prealloc", "zero_seed"}));
}

TEST(MapFlag, BitsWithoutANameComeAsOneNumberAtTheEnd) {
  EXPECT_EQ(map_flag_names(kNoPrealloc | 1U << 10 | 1U << 13), (Names{"no_prealloc", "0x2400"}));
  EXPECT_EQ(map_flag_names(1U << 31), Names{"0x80000000"});
}

TEST(MapFlag, EveryNameComesBack) {
  constexpr uint32_t kAll =
      kNoPrealloc | kNumaNode | kReadOnly | kWriteOnly | kZeroSeed | kReadOnlyProg | kWriteOnlyProg;
  uint32_t flags = 0;
  for (const std::string& name : map_flag_names(kAll)) flags |= map_flag_by_name(name).value_or(0);
  EXPECT_EQ(flags, kAll);
}

TEST(UpdateFlag, HasTheKernelsValue) {
  EXPECT_EQ(kAny, uint64_t{BPF_ANY});
  EXPECT_EQ(kNoExist, uint64_t{BPF_NOEXIST});
  EXPECT_EQ(kExist, uint64_t{BPF_EXIST});
}

}  // namespace
}  // namespace percpumap
