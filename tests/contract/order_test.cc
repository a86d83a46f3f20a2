// GET_NEXT_KEY and the order of a walk: kernel-semantics.md sections 0 and 2.
#include <algorithm>
#include <bit>
#include <cerrno>
#include <map>

#include "sim/jhash.h"
#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

using Keys = std::vector<uint32_t>;

class OrderContract : public BackendTest {
 protected:
  // The keys 0 … count - 1 put in that order into a map of `max_entries`, then walked. What does not fit
  // stays out.
  Keys walk_after_filling(uint32_t max_entries, uint32_t count) {
    MapSpec spec = small_spec();
    spec.max_entries = max_entries;
    const auto map = create(spec);
    SmallMap small(*map, cpus());
    for (uint32_t key = 0; key < count; ++key) EXPECT_EQ(key < max_entries ? 0 : E2BIG, small.put(key, key));
    return small.keys();
  }
};

TEST_P(OrderContract, zero_seed_gives_the_kernels_order) {
  EXPECT_EQ((Keys{0, 4, 2, 1, 5, 3}), walk_after_filling(8, 6));
  EXPECT_EQ((Keys{10, 4, 5, 0, 7, 2, 1, 8, 11, 9, 6, 3}), walk_after_filling(16, 12));
  EXPECT_EQ((Keys{18, 16, 15, 17, 2, 8, 9, 3, 10, 4, 5, 19, 0, 14, 7, 13, 1, 12, 11, 6}),
            walk_after_filling(20, 20));
  EXPECT_EQ((Keys{0, 4, 2, 1, 6, 5, 3}), walk_after_filling(7, 10));
}

TEST_P(OrderContract, zero_seed_gives_the_kernels_order_of_eight_byte_keys) {
  MapSpec spec = small_spec();
  spec.key_size = sizeof(uint64_t);
  const auto map = create(spec);
  const Buffer row(8 * cpus());
  for (uint64_t key = 0; key < 6; ++key) ASSERT_EQ(0, code(map->update(bytes_of(key), row, 0)));
  std::vector<uint64_t> walked;
  uint64_t key = 0;
  const auto buffer = std::as_writable_bytes(std::span(&key, 1));
  for (Bytes from; walked.size() < 7 && !map->next_key(from, buffer); from = buffer) walked.push_back(key);
  EXPECT_EQ((std::vector<uint64_t>{4, 3, 2, 5, 1, 0}), walked);
}

TEST_P(OrderContract, replacing_a_value_does_not_move_its_key) {
  const auto map = create(small_spec());
  SmallMap small(*map, cpus());
  small.fill(0, 11);
  const Keys before = small.keys();
  for (uint32_t key = 0; key < 12; ++key) ASSERT_EQ(0, small.put(key, 1));
  EXPECT_EQ(before, small.keys());
}

TEST_P(OrderContract, erasing_a_key_moves_no_other) {
  const auto map = create(small_spec());
  SmallMap small(*map, cpus());
  small.fill(0, 11);
  Keys expected = small.keys();
  ASSERT_EQ(0, small.erase(5));
  std::erase(expected, 5U);
  EXPECT_EQ(expected, small.keys());
}

TEST_P(OrderContract, an_empty_map_has_no_first_key) {
  const auto map = create(small_spec());
  uint32_t next = 0;
  EXPECT_EQ(ENOENT, code(map->next_key({}, std::as_writable_bytes(std::span(&next, 1)))));
}

TEST_P(OrderContract, the_last_key_has_no_next_one) {
  const auto map = create(small_spec());
  SmallMap small(*map, cpus());
  small.fill(0, 3);
  const uint32_t last = small.keys().back();
  uint32_t next = 0;
  EXPECT_EQ(ENOENT, code(map->next_key(bytes_of(last), std::as_writable_bytes(std::span(&next, 1)))));
}

TEST_P(OrderContract, a_key_that_is_not_there_starts_again) {
  const auto map = create(small_spec());
  SmallMap small(*map, cpus());
  small.fill(0, 5);
  const uint32_t missing = 77;
  uint32_t next = 0;
  ASSERT_EQ(0, code(map->next_key(bytes_of(missing), std::as_writable_bytes(std::span(&next, 1)))));
  EXPECT_EQ(small.keys().front(), next);
}

TEST_P(OrderContract, a_null_buffer_is_efault_only_when_there_is_a_next_key) {
  const auto map = create(small_spec());
  SmallMap small(*map, cpus());
  EXPECT_EQ(ENOENT, code(map->next_key({}, {})));
  small.fill(0, 3);
  EXPECT_EQ(EFAULT, code(map->next_key({}, {})));
  const uint32_t last = small.keys().back();
  EXPECT_EQ(ENOENT, code(map->next_key(bytes_of(last), {})));
}

// The table of kernel/bpf/hashtab.c in the fewest words: keys by bucket, the newest first.
class BucketModel {
 public:
  explicit BucketModel(uint32_t max_entries) : mask_(std::bit_ceil(max_entries) - 1) {}

  void insert(const Buffer& key) {
    auto& bucket = buckets_[jhash(key, 0) & mask_];
    bucket.insert(bucket.begin(), key);
  }
  std::vector<Buffer> walk() const {
    std::vector<Buffer> keys;
    for (const auto& [number, bucket] : buckets_) keys.insert(keys.end(), bucket.begin(), bucket.end());
    return keys;
  }

 private:
  uint32_t mask_;
  std::map<uint32_t, std::vector<Buffer>> buckets_;
};

// A key of `size` bytes, another one for each `number` below 250.
Buffer make_key(size_t size, size_t number) {
  Buffer key(size);
  for (size_t i = 0; i < size; ++i) key[i] = std::byte(number * (2 * i + 1) + 31 * i);
  return key;
}

std::vector<Buffer> walk(RawMap& map, size_t key_size, size_t limit) {
  std::vector<Buffer> keys;
  Buffer next(key_size);
  for (Bytes from; keys.size() < limit && !map.next_key(from, next); from = next) keys.push_back(next);
  return keys;
}

TEST_P(OrderContract, every_key_size_has_the_order_of_its_hash) {
  constexpr uint32_t entries = 250;
  for (uint32_t key_size = 1; key_size <= 40; ++key_size) {
    MapSpec spec = small_spec();
    spec.key_size = key_size;
    spec.max_entries = entries;
    const auto map = create(spec);
    BucketModel model(entries);
    const Buffer row(8 * cpus());
    for (size_t number = 0; number < entries; ++number) {
      const Buffer key = make_key(key_size, number);
      ASSERT_EQ(0, code(map->update(key, row, kNoExist))) << "size " << key_size << ", number " << number;
      model.insert(key);
    }
    EXPECT_EQ(model.walk(), walk(*map, key_size, entries + 1)) << "key size " << key_size;
  }
}

PERCPUMAP_FOR_EVERY_BACKEND(OrderContract);

}  // namespace
}  // namespace percpumap::test
