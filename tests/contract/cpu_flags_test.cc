// BPF_F_CPU and BPF_F_ALL_CPUS, which came with 7.0, their traps in 7.0 and 7.1, and what 7.2 mended.
#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <tuple>

#include "base/error.h"
#include "contract/booted_machine.h"

namespace percpumap::test {
namespace {

uint64_t on_cpu(uint64_t cpu) {
  return kOneCpu | cpu << 32;
}

class CpuFlags : public BootedMachine {
 protected:
  void SetUp() override {
    map_ = make("7.1", sized(4, 8, 2));
    small_.emplace(*map_, 4);
  }
  int write(uint32_t key, uint64_t value, uint64_t flags) {
    return code(map_->update(bytes_of(key), bytes_of(value), flags));
  }
  int read(uint32_t key, uint64_t flags) {
    return code(map_->lookup(bytes_of(key), std::as_writable_bytes(std::span(&value_, 1)), flags));
  }
  int batch(BatchCommand command, uint64_t elem_flags, uint32_t count = 0) {
    BatchCall call;
    call.keys = std::as_writable_bytes(std::span(keys_)).data();
    call.rows = std::as_writable_bytes(std::span(values_)).data();
    call.out = &token_;
    call.count = count;
    call.elem_flags = elem_flags;
    const int answer = code(map_->batch(command, call));
    done_ = call.count;
    return answer;
  }
  std::vector<uint64_t> row_of(uint32_t key) {
    EXPECT_EQ(0, small_->get(key));
    return small_->row();
  }

  std::unique_ptr<RawMap> map_;
  std::optional<SmallMap> small_;
  uint64_t value_ = 0;
  std::array<uint32_t, 2> keys_ = {1, 2};
  std::array<uint64_t, 8> values_ = {};
  uint32_t token_ = 0;
  uint32_t done_ = 0;
};

TEST_F(CpuFlags, are_unknown_before_7_0) {
  const auto map = make("6.19");
  const uint64_t value = 0;
  Buffer row(32);
  for (const uint64_t flags : {on_cpu(0), on_cpu(3), +kAllCpus}) {
    EXPECT_EQ(EINVAL, code(map->lookup(bytes_of(1U), row, flags)));
    EXPECT_EQ(EINVAL, code(map->update(bytes_of(1U), bytes_of(value), flags)));
    BatchCall call;
    call.elem_flags = flags;
    EXPECT_EQ(EINVAL, code(map->batch(BatchCommand::lookup, call)));
    EXPECT_EQ(EINVAL, code(map->batch(BatchCommand::update, call)));
  }
}

TEST_F(CpuFlags, one_slot_is_written_and_read) {
  ASSERT_EQ(0, small_->put(1, 10));
  EXPECT_EQ(0, write(1, 77, on_cpu(2)));
  EXPECT_EQ((std::vector<uint64_t>{10, 11, 77, 13}), row_of(1));
  EXPECT_EQ(0, read(1, on_cpu(2)));
  EXPECT_EQ(77U, value_);
}

TEST_F(CpuFlags, all_slots_are_written_from_one_value) {
  EXPECT_EQ(0, write(1, 5, kAllCpus));
  EXPECT_EQ((std::vector<uint64_t>(4, 5)), row_of(1));
}

TEST_F(CpuFlags, a_buffer_is_value_size_bytes_unrounded) {
  const auto map = make("7.0", sized(4, 3, 1));
  const std::array<std::byte, 3> ones = {std::byte{1}, std::byte{1}, std::byte{1}};
  ASSERT_EQ(0, code(map->update(bytes_of(1U), ones, kAllCpus)));
  std::array<std::byte, 4> read = {};
  ASSERT_EQ(0, code(map->lookup(bytes_of(1U), std::span(read), on_cpu(1))));
  EXPECT_EQ((std::array{std::byte{1}, std::byte{1}, std::byte{1}, std::byte{0}}), read);
}

TEST_F(CpuFlags, a_cpu_beyond_the_possible_ones_is_erange_whatever_the_key) {
  EXPECT_EQ(ENOENT, read(1, on_cpu(3)));
  EXPECT_EQ(ERANGE, read(1, on_cpu(4)));
  EXPECT_EQ(ERANGE, write(1, 0, on_cpu(4)));
  EXPECT_EQ(ERANGE, write(1, 0, on_cpu(UINT32_MAX)));
  EXPECT_EQ(ERANGE, batch(BatchCommand::lookup, on_cpu(4)));
  EXPECT_EQ(ERANGE, batch(BatchCommand::update, on_cpu(4)));
}

TEST_F(CpuFlags, contradictions_are_einval) {
  ASSERT_EQ(0, small_->put(1, 10));
  const uint64_t upper = uint64_t{1} << 32;
  for (const uint64_t flags :
       {upper, upper | kAllCpus, on_cpu(1) | kAllCpus, on_cpu(1) | kLock, kAllCpus | kNoExist,
        kAllCpus | kExist, uint64_t{19}, uint64_t{20}, uint64_t{24}, uint64_t{32}}) {
    EXPECT_EQ(EINVAL, write(1, 0, flags)) << flags;
  }
  for (const uint64_t flags : {upper, +kAllCpus, upper | kAllCpus, on_cpu(1) | kNoExist, on_cpu(1) | kLock}) {
    EXPECT_EQ(EINVAL, read(1, flags)) << flags;
    EXPECT_EQ(EINVAL, batch(BatchCommand::lookup, flags)) << flags;
  }
  for (const uint64_t flags : {uint64_t{9}, uint64_t{10}, uint64_t{11}, uint64_t{17}, uint64_t{18},
                               uint64_t{24}, upper | kAllCpus}) {
    EXPECT_EQ(EINVAL, batch(BatchCommand::update, flags)) << flags;
  }
  EXPECT_EQ((std::vector<uint64_t>{10, 11, 12, 13}), row_of(1));
}

TEST_F(CpuFlags, are_not_for_what_removes) {
  for (const uint64_t flags : {on_cpu(0), +kAllCpus}) {
    EXPECT_EQ(EINVAL, code(map_->take(bytes_of(1U), {}, flags)));
    EXPECT_EQ(EINVAL, code(map_->erase(bytes_of(1U), flags)));
    EXPECT_EQ(EINVAL, batch(BatchCommand::take, flags));
    EXPECT_EQ(EINVAL, batch(BatchCommand::erase, flags));
  }
}

TEST_F(CpuFlags, with_noexist_or_exist_one_cpu_acts_as_any) {
  EXPECT_EQ(0, write(1, 1, on_cpu(0) | kExist)) << "made, though it was not there";
  EXPECT_EQ(0, write(1, 2, on_cpu(0) | kNoExist)) << "written, though it was there";
  EXPECT_EQ(0, read(1, on_cpu(0)));
  EXPECT_EQ(2U, value_);
}

TEST_F(CpuFlags, a_full_map_is_full) {
  small_->fill(1, 2);
  EXPECT_EQ(E2BIG, write(3, 0, on_cpu(0)));
  EXPECT_EQ(E2BIG, write(3, 0, kAllCpus));
  EXPECT_EQ(0, write(2, 0, on_cpu(0)));
}

TEST_F(CpuFlags, an_entry_made_for_one_cpu_keeps_what_the_memory_held) {
  EXPECT_EQ(0, write(1, 7, on_cpu(1)));
  EXPECT_EQ((std::vector<uint64_t>{0, 7, 0, 0}), row_of(1)) << "memory that was never used";
  EXPECT_EQ(0, write(1, 0xdddd, kAllCpus));
  EXPECT_EQ(0, small_->erase(1));
  EXPECT_EQ(0, write(2, 0x77, on_cpu(1)));
  EXPECT_EQ((std::vector<uint64_t>{0xdddd, 0x77, 0xdddd, 0xdddd}), row_of(2));
}

TEST_F(CpuFlags, batches_have_one_value_for_each_key) {
  values_ = {100, 200};
  EXPECT_EQ(0, batch(BatchCommand::update, kAllCpus, 2));
  values_ = {101, 202};
  EXPECT_EQ(0, batch(BatchCommand::update, on_cpu(3), 2));
  EXPECT_EQ((std::vector<uint64_t>{100, 100, 100, 101}), row_of(1));
  EXPECT_EQ((std::vector<uint64_t>{200, 200, 200, 202}), row_of(2));
  values_.fill(0);
  EXPECT_EQ(ENOENT, batch(BatchCommand::lookup, on_cpu(3), 2));
  EXPECT_EQ(2U, done_);
  std::sort(values_.begin(), values_.begin() + 2);
  EXPECT_EQ((std::array<uint64_t, 8>{101, 202}), values_);
}

TEST_F(CpuFlags, an_offline_cpu_is_as_good_as_any) {
  const std::string where = root() + "/half-online";
  std::filesystem::create_directory(where);
  std::filesystem::permissions(where, std::filesystem::perms::owner_all);
  write_machine(where, {*CpuList::parse("0-3"), *CpuList::parse("0-1"), {7, 1}, Caps::all});
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(0, code(make_sim_backend(where)->create(plain(), map)));
  const uint64_t value = 1;
  EXPECT_EQ(0, code(map->update(bytes_of(1U), bytes_of(value), on_cpu(3))));
  EXPECT_EQ(ERANGE, code(map->update(bytes_of(1U), bytes_of(value), on_cpu(4))));
}

TEST_F(CpuFlags, updates_take_slots_by_cpu_number_in_7_0_and_7_1) {
  for (const auto& [version, by_number] :
       {std::pair("6.19", false), std::pair("7.0", true), std::pair("7.1", true), std::pair("7.2", false)}) {
    const auto map = make(version, plain(), "0,2,5");
    SmallMap small(*map, 3);
    ASSERT_EQ(0, small.put(1, 10));  // 10, 11, 12
    ASSERT_EQ(0, small.get(1));
    const auto expected = by_number ? std::vector<uint64_t>{10, 12, 0} : std::vector<uint64_t>{10, 11, 12};
    EXPECT_EQ(expected, small.row()) << version;
  }
}

TEST_F(CpuFlags, cpus_of_flags_are_those_below_their_count_up_to_7_1_and_the_possible_ones_from_7_2) {
  for (const auto& [version, of_hole, behind_it] : {std::tuple("7.1", 0, ERANGE), {"7.2", ERANGE, 0}}) {
    const auto map = make(version, plain(), "0,2,5");
    const uint64_t value = 7;
    EXPECT_EQ(of_hole, code(map->update(bytes_of(1U), bytes_of(value), on_cpu(1)))) << version;
    EXPECT_EQ(behind_it, code(map->update(bytes_of(1U), bytes_of(value), on_cpu(5)))) << version;
    EXPECT_EQ(ERANGE, code(map->update(bytes_of(1U), bytes_of(value), on_cpu(6)))) << version;
  }
}

TEST_F(CpuFlags, an_entry_made_for_one_cpu_is_zero_elsewhere_from_7_2) {
  for (const auto& [version, elsewhere] : {std::pair("7.1", uint64_t{9}), std::pair("7.2", uint64_t{0})}) {
    for (const uint32_t flags : {0U, uint32_t{kNoPrealloc}}) {
      const auto map = make(version, sized(4, 8, 1, flags));
      SmallMap small(*map, 4);
      const uint64_t nine = 9;
      const uint64_t seven = 7;
      ASSERT_EQ(0, code(map->update(bytes_of(1U), bytes_of(nine), kAllCpus)));
      ASSERT_EQ(0, small.erase(1));
      ASSERT_EQ(0, code(map->update(bytes_of(2U), bytes_of(seven), on_cpu(1))));
      ASSERT_EQ(0, small.get(2));
      EXPECT_EQ((std::vector<uint64_t>{elsewhere, 7, elsewhere, elsewhere}), small.row()) << version;
    }
  }
}

}  // namespace
}  // namespace percpumap::test
