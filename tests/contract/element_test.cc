// The commands on one element: kernel-semantics.md section 3.
#include <cerrno>
#include <cstring>

#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

class ElementContract : public SmallMapTest {
 protected:
  Buffer row() { return Buffer(8 * cpus()); }
};

TEST_P(ElementContract, lookup_returns_every_cpus_slot) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(7, 1000));
  ASSERT_EQ(0, small.get(7));
  EXPECT_EQ(small.row_of(1000), small.row());
}

TEST_P(ElementContract, any_creates_and_replaces) {
  auto small = this->small();
  EXPECT_EQ(0, small.put(1, 10, kAny));
  EXPECT_EQ(0, small.put(1, 20, kAny));
  ASSERT_EQ(0, small.get(1));
  EXPECT_EQ(small.row_of(20), small.row());
}

TEST_P(ElementContract, noexist_only_creates) {
  auto small = this->small();
  EXPECT_EQ(0, small.put(1, 10, kNoExist));
  EXPECT_EQ(EEXIST, small.put(1, 20, kNoExist));
  ASSERT_EQ(0, small.get(1));
  EXPECT_EQ(small.row_of(10), small.row());
}

TEST_P(ElementContract, exist_only_replaces) {
  auto small = this->small();
  EXPECT_EQ(ENOENT, small.put(1, 10, kExist));
  ASSERT_EQ(0, small.put(1, 10));
  EXPECT_EQ(0, small.put(1, 20, kExist));
  ASSERT_EQ(0, small.get(1));
  EXPECT_EQ(small.row_of(20), small.row());
}

TEST_P(ElementContract, update_refuses_other_flags) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(1, 10));
  for (const uint64_t flags : {uint64_t{3}, kLock, uint64_t{5}, uint64_t{6}, uint64_t{7}, uint64_t{8},
                               uint64_t{16}, uint64_t{64}, uint64_t{1} << 32, UINT64_MAX}) {
    if (rules().has_cpu_flags() && (flags == 3 || flags == kOneCpu || flags == kAllCpus)) continue;
    EXPECT_EQ(EINVAL, small.put(1, 20, flags)) << "flags " << flags;
    EXPECT_EQ(EINVAL, small.put(2, 20, flags)) << "flags " << flags;
  }
  EXPECT_EQ((std::vector<uint32_t>{1}), small.keys());
}

TEST_P(ElementContract, lookup_refuses_other_flags) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(1, 10));
  for (const uint64_t flags : {uint64_t{1}, uint64_t{2}, kLock, uint64_t{8}, uint64_t{1} << 32, UINT64_MAX}) {
    if (rules().has_cpu_flags() && flags == kOneCpu) continue;
    EXPECT_EQ(EINVAL, small.get(1, flags)) << "flags " << flags;
    EXPECT_EQ(EINVAL, small.get(2, flags)) << "before the key is looked up; flags " << flags;
  }
}

TEST_P(ElementContract, erase_and_take_refuse_every_flag) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(1, 10));
  for (const uint64_t flags : {uint64_t{1}, uint64_t{2}, kLock, uint64_t{8}, UINT64_MAX}) {
    EXPECT_EQ(EINVAL, small.erase(1, flags)) << "flags " << flags;
    EXPECT_EQ(EINVAL, small.take(1, flags)) << "flags " << flags;
  }
  EXPECT_TRUE(small.has(1));
}

TEST_P(ElementContract, a_missing_key_is_enoent) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(1, 10));
  EXPECT_EQ(ENOENT, small.get(2));
  EXPECT_EQ(ENOENT, small.erase(2));
  EXPECT_EQ(take_answer(ENOENT), small.take(2));
}

TEST_P(ElementContract, erase_removes) {
  auto small = this->small();
  small.fill(1, 3);
  EXPECT_EQ(0, small.erase(2));
  EXPECT_EQ(ENOENT, small.erase(2));
  EXPECT_FALSE(small.has(2));
  EXPECT_TRUE(small.has(1) && small.has(3));
}

TEST_P(ElementContract, take_returns_and_removes) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(5, 50));
  ASSERT_EQ(take_answer(0), small.take(5));
  EXPECT_EQ(has_take() ? small.row_of(50) : std::vector<uint64_t>(cpus()), small.row());
  EXPECT_EQ(take_answer(ENOENT), small.take(5));
  EXPECT_EQ(!has_take(), small.has(5));
}

TEST_P(ElementContract, take_into_a_null_row_loses_the_entry) {
  auto small = this->small();
  small.fill(1, 2);
  const uint32_t key = 1;
  EXPECT_EQ(take_answer(EFAULT), code(map().take(bytes_of(key), {}, 0)));
  EXPECT_EQ(!has_take(), small.has(key));
  EXPECT_TRUE(small.has(2));
}

TEST_P(ElementContract, a_null_key_is_efault) {
  Buffer row = this->row();
  EXPECT_EQ(EFAULT, code(map().lookup({}, row, 0)));
  EXPECT_EQ(EFAULT, code(map().update({}, row, 0)));
  EXPECT_EQ(EFAULT, code(map().erase({}, 0)));
  EXPECT_EQ(EFAULT, code(map().take({}, row, 0)));
}

TEST_P(ElementContract, a_null_row_is_efault_at_lookup_only_when_the_key_is_there) {
  ASSERT_EQ(0, small().put(1, 10));
  const uint32_t present = 1;
  const uint32_t missing = 2;
  EXPECT_EQ(EFAULT, code(map().lookup(bytes_of(present), {}, 0)));
  EXPECT_EQ(ENOENT, code(map().lookup(bytes_of(missing), {}, 0)));
}

TEST_P(ElementContract, update_sees_a_null_row_before_bad_flags_but_after_the_lock_flag) {
  const uint32_t key = 1;
  EXPECT_EQ(EFAULT, code(map().update(bytes_of(key), {}, 0)));
  EXPECT_EQ(EFAULT, code(map().update(bytes_of(key), {}, kExist)));
  EXPECT_EQ(EFAULT, code(map().update(bytes_of(key), {}, 64)));
  EXPECT_EQ(EFAULT, code(map().update({}, row(), 64)));
  EXPECT_EQ(EINVAL, code(map().update({}, {}, kLock)));
}

TEST_P(ElementContract, lookup_and_erase_see_bad_flags_before_a_null_key) {
  EXPECT_EQ(EINVAL, code(map().lookup({}, {}, 1)));
  EXPECT_EQ(EINVAL, code(map().erase({}, 1)));
  EXPECT_EQ(EINVAL, code(map().take({}, {}, 1)));
}

TEST_P(ElementContract, a_map_holds_exactly_max_entries) {
  for (const uint32_t flags : {0U, +kNoPrealloc}) {
    for (const uint32_t capacity : {1U, 2U, 3U, 7U, 16U, 100U}) {
      MapSpec spec = small_spec();
      spec.max_entries = capacity;
      spec.flags = flags;
      const auto map = create(spec);
      SmallMap small(*map, cpus());
      small.fill(1, capacity);
      EXPECT_EQ(E2BIG, small.put(capacity + 1, 0)) << capacity << " entries, flags " << flags;
    }
  }
}

TEST_P(ElementContract, a_full_map_still_replaces_and_says_what_is_there) {
  auto small = this->small();
  small.fill(1, 16);
  EXPECT_EQ(0, small.put(3, 1));
  EXPECT_EQ(ENOENT, small.put(17, 1, kExist));
  EXPECT_EQ(EEXIST, small.put(3, 1, kNoExist));
  EXPECT_EQ(E2BIG, small.put(17, 1, kNoExist));
}

TEST_P(ElementContract, one_erase_makes_room_for_one) {
  auto small = this->small();
  small.fill(1, 16);
  ASSERT_EQ(0, small.erase(9));
  EXPECT_EQ(0, small.put(17, 1));
  EXPECT_EQ(E2BIG, small.put(18, 1));
}

TEST_P(ElementContract, a_key_made_again_has_nothing_of_its_former_row) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(1, UINT64_MAX / 2));
  ASSERT_EQ(0, small.erase(1));
  ASSERT_EQ(0, small.put(2, 0));
  ASSERT_EQ(0, small.get(2));
  EXPECT_EQ(small.row_of(0), small.row());
}

TEST_P(ElementContract, padding_is_stored_with_the_value_up_to_6_19) {
  MapSpec spec = small_spec();
  spec.value_size = 5;
  const auto map = create(spec);
  Buffer stored = row();
  for (size_t i = 0; i < stored.size(); ++i) stored[i] = std::byte(i + 1);
  const uint32_t key = 1;
  ASSERT_EQ(0, code(map->update(bytes_of(key), stored, 0)));
  Buffer found = row();
  ASSERT_EQ(0, code(map->lookup(bytes_of(key), found, 0)));
  for (size_t i = 0; rules().has_cpu_flags() && i < stored.size(); ++i) {
    if (i % 8 >= spec.value_size) stored[i] = std::byte{0};
  }
  EXPECT_EQ(stored, found);
}

TEST_P(ElementContract, a_row_has_a_slot_of_whole_words_for_every_possible_cpu) {
  for (const uint32_t value_size : {1U, 7U, 8U, 9U, 64U, 1000U, 4095U}) {
    MapSpec spec = small_spec();
    spec.value_size = value_size;
    const auto map = create(spec);
    Buffer stored(round_up8(value_size) * cpus());
    for (size_t i = 0; i < stored.size(); ++i) {
      if (i % round_up8(value_size) < value_size) stored[i] = std::byte{0xa5};
    }
    Buffer found(stored.size() + 8, std::byte{0x11});
    const uint32_t key = 1;
    ASSERT_EQ(0, code(map->update(bytes_of(key), stored, 0)));
    ASSERT_EQ(0, code(map->lookup(bytes_of(key), found, 0)));
    EXPECT_EQ(0, std::memcmp(stored.data(), found.data(), stored.size())) << value_size;
    EXPECT_EQ(Buffer(8, std::byte{0x11}), Buffer(found.end() - 8, found.end())) << value_size;
  }
}

PERCPUMAP_FOR_EVERY_BACKEND(ElementContract);

}  // namespace
}  // namespace percpumap::test
