// BPF_MAP_CREATE: kernel-semantics.md section 1.
#include <cerrno>
#include <functional>

#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

class CreateContract : public BackendTest {
 protected:
  int create_with(const std::function<void(MapSpec&)>& change) {
    MapSpec spec = small_spec();
    change(spec);
    return try_create(spec);
  }
  int create_with_flags(uint32_t flags) {
    return create_with([&](MapSpec& spec) { spec.flags = flags; });
  }
  int create_with_name(const std::string& name) {
    return create_with([&](MapSpec& spec) { spec.name = name; });
  }
  int create_with_sizes(uint32_t key_size, uint32_t value_size, uint32_t max_entries) {
    MapSpec spec = small_spec();
    spec.flags = kNoPrealloc;
    spec.key_size = key_size;
    spec.value_size = value_size;
    spec.max_entries = max_entries;
    return try_create(spec);
  }
};

TEST_P(CreateContract, takes_every_flag_of_the_type) {
  for (const uint32_t flag : {0U, +kNoPrealloc, +kReadOnly, +kWriteOnly, +kZeroSeed, +kReadOnlyProg,
                              +kWriteOnlyProg, kNoPrealloc | kZeroSeed | kReadOnly | kReadOnlyProg}) {
    EXPECT_EQ(0, create_with_flags(flag)) << "flags " << flag;
  }
}

TEST_P(CreateContract, refuses_flags_that_exclude_each_other) {
  EXPECT_EQ(EINVAL, create_with_flags(kReadOnly | kWriteOnly));
  EXPECT_EQ(EINVAL, create_with_flags(kReadOnlyProg | kWriteOnlyProg));
}

TEST_P(CreateContract, refuses_flags_of_other_map_types) {
  // NO_COMMON_LRU, STACK_BUILD_ID, CLONE, MMAPABLE, PRESERVE_ELEMS, INNER_MAP, LINK, …; 0x10000 (TOKEN_FD)
  // names a further argument since 6.9.
  for (const uint32_t bit : {1, 5, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 24, 31}) {
    EXPECT_EQ(EINVAL, create_with_flags(1U << bit)) << "bit " << bit;
  }
}

TEST_P(CreateContract, takes_no_memory_node_but_minus_one) {
  const auto with_node = [this](uint32_t flags, int32_t node) {
    return create_with([&](MapSpec& spec) { spec.flags = flags, spec.numa_node = node; });
  };
  EXPECT_EQ(0, with_node(kNumaNode, -1));
  EXPECT_EQ(EINVAL, with_node(kNumaNode, 0));
  EXPECT_EQ(EINVAL, with_node(kNumaNode, 1000));
  EXPECT_EQ(0, with_node(0, 7)) << "the node counts only with its flag";
}

TEST_P(CreateContract, refuses_an_unknown_type) {
  EXPECT_EQ(EINVAL, create_with([](MapSpec& spec) { spec.type = 0; }));
  EXPECT_EQ(EINVAL, create_with([](MapSpec& spec) { spec.type = 9999; }));
}

TEST_P(CreateContract, refuses_zero_sizes) {
  EXPECT_EQ(EINVAL, create_with_sizes(0, 8, 1));
  EXPECT_EQ(EINVAL, create_with_sizes(4, 0, 1));
  EXPECT_EQ(EINVAL, create_with_sizes(4, 8, 0));
}

TEST_P(CreateContract, a_zero_size_is_seen_before_one_that_is_too_big) {
  EXPECT_EQ(EINVAL, create_with_sizes(0, UINT32_MAX, UINT32_MAX));
  EXPECT_EQ(EINVAL, create_with_sizes(UINT32_MAX, UINT32_MAX, 0));
}

TEST_P(CreateContract, a_bad_flag_is_seen_before_a_bad_size) {
  EXPECT_EQ(EINVAL, create_with([](MapSpec& spec) {
              spec.flags = 1U << 9;
              spec.value_size = 40000;
            }));
}

TEST_P(CreateContract, a_size_that_is_too_big_is_seen_before_a_bad_name) {
  EXPECT_EQ(E2BIG, create_with([](MapSpec& spec) {
              spec.name = "a-b";
              spec.value_size = 4 << 20;
            }));
}

TEST_P(CreateContract, a_value_is_at_most_32_kib) {
  EXPECT_EQ(0, create_with_sizes(4, 32768, 1));
  EXPECT_EQ(0, create_with_sizes(4, 32761, 1));
  EXPECT_EQ(rules().sizes.value_is_checked ? E2BIG : 0, create_with_sizes(4, 32769, 1));
  EXPECT_EQ(rules().sizes.value_is_checked ? E2BIG : ENOMEM,
            create_with([](MapSpec& spec) { spec.value_size = 32769; }));
  EXPECT_EQ(E2BIG, create_with_sizes(4, UINT32_MAX, 1));
}

TEST_P(CreateContract, key_and_value_together_stay_below_4_mib_less_48) {
  const int large_key = rules().sizes.keys_on_stack ? E2BIG : 0;
  EXPECT_EQ(0, create_with_sizes(512, 8, 1));
  EXPECT_EQ(large_key, create_with_sizes(513, 8, 1));
  EXPECT_EQ(large_key, create_with_sizes((4 << 20) - 49 - 8, 8, 1));
  EXPECT_EQ(E2BIG, create_with_sizes((4 << 20) - 48 - 8, 8, 1));
  EXPECT_EQ(E2BIG, create_with_sizes(UINT32_MAX, 8, 1));
}

TEST_P(CreateContract, there_are_at_most_two_to_the_27_entries) {
  // 2^27 itself is allowed; its buckets alone take 2 GiB, so it is not tried here.
  EXPECT_EQ(E2BIG, create_with_sizes(4, 8, (1U << 27) + 1));
  EXPECT_EQ(E2BIG, create_with_sizes(4, 8, (1U << 31) + 1));
  EXPECT_EQ(E2BIG, create_with_sizes(4, 8, UINT32_MAX));
}

TEST_P(CreateContract, takes_names_of_letters_digits_underscore_and_dot) {
  for (const char* name : {"", "t", "9x", ".x", "a.b_C9", "fifteen_letters"}) {
    EXPECT_EQ(0, create_with_name(name)) << name;
  }
}

TEST_P(CreateContract, refuses_other_names) {
  for (const char* name : {"sixteen_letters_", "a-b", "a b", "a/b", "\xc3\xa4"}) {
    EXPECT_EQ(EINVAL, create_with_name(name)) << name;
  }
}

TEST_P(CreateContract, info_tells_what_was_asked_for) {
  MapSpec spec = small_spec();
  spec.key_size = 7;
  spec.value_size = 13;
  spec.max_entries = 21;
  spec.flags = kNoPrealloc | kReadOnlyProg;
  spec.name = "some.name";
  const auto map = create(spec);
  MapInfo info;
  ASSERT_EQ(0, code(map->info(info)));
  EXPECT_EQ(kPercpuHash, info.type);
  EXPECT_NE(0U, info.id);
  EXPECT_EQ(7U, info.key_size);
  EXPECT_EQ(13U, info.value_size);
  EXPECT_EQ(21U, info.max_entries);
  EXPECT_EQ(kNoPrealloc | kReadOnlyProg, info.flags);
  EXPECT_EQ("some.name", info.name);
  EXPECT_EQ(0U, info.btf_id);
  EXPECT_EQ(0U, info.btf_key_type_id);
  EXPECT_EQ(0U, info.btf_value_type_id);
}

TEST_P(CreateContract, info_hides_the_access_mode) {
  // 4.19 shows it.
  for (const uint32_t mode : {kReadOnly, kWriteOnly}) {
    MapSpec spec = small_spec();
    spec.flags |= mode;
    MapInfo info;
    ASSERT_EQ(0, code(create(spec)->info(info)));
    EXPECT_EQ(+kZeroSeed, info.flags);
  }
}

PERCPUMAP_FOR_EVERY_BACKEND(CreateContract);

}  // namespace
}  // namespace percpumap::test
