// BPF_F_CPU and BPF_F_ALL_CPUS on every backend, as the kernel underneath has them: kernel-semantics.md
// section 6 (and cpu_flags_test.cc for what a simulated 7.1 makes of them).
#include <algorithm>
#include <array>
#include <cerrno>

#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

uint64_t on_cpu(uint64_t cpu) {
  return kOneCpu | cpu << 32;
}

class OneCpuContract : public SmallMapTest {
 protected:
  // Whether there is anything to test; where not, that both flags are refused.
  bool are_known() {
    if (rules().has_cpu_flags()) return true;
    EXPECT_EQ(EINVAL, read(1, on_cpu(0)));
    EXPECT_EQ(EINVAL, write(1, 5, on_cpu(0)));
    EXPECT_EQ(EINVAL, write(1, 5, kAllCpus));
    return false;
  }
  int write(uint32_t key, uint64_t value, uint64_t flags) {
    return code(map().update(bytes_of(key), bytes_of(value), flags));
  }
  int read(uint32_t key, uint64_t flags) {
    return code(map().lookup(bytes_of(key), std::as_writable_bytes(std::span(&value_, 1)), flags));
  }
  std::vector<uint64_t> row_of(uint32_t key) {
    auto small = this->small();
    EXPECT_EQ(0, small.get(key));
    return small.row();
  }
  uint32_t cpu_at(size_t slot) { return backend().possible_cpus().ids()[slot]; }

  uint64_t value_ = 0;
};

TEST_P(OneCpuContract, each_possible_cpus_slot_is_written_and_read) {
  if (!are_known()) return;
  ASSERT_EQ(0, small().put(1, 100));
  auto expected = small().row_of(100);
  for (size_t slot = 0; slot < cpus(); ++slot) {
    EXPECT_EQ(0, read(1, on_cpu(cpu_at(slot))));
    EXPECT_EQ(100 + slot, value_);
    EXPECT_EQ(0, write(1, 7, on_cpu(cpu_at(slot))));
    expected[slot] = 7;
    EXPECT_EQ(expected, row_of(1)) << "CPU " << cpu_at(slot);
  }
}

TEST_P(OneCpuContract, all_slots_are_written_from_one_value) {
  if (!are_known()) return;
  EXPECT_EQ(0, write(1, 5, kAllCpus));
  EXPECT_EQ(std::vector<uint64_t>(cpus(), 5), row_of(1));
}

TEST_P(OneCpuContract, a_cpu_beyond_the_possible_ones_is_erange_whatever_the_key) {
  if (!are_known()) return;
  for (const uint64_t cpu : {uint64_t{cpu_at(cpus() - 1)} + 1, uint64_t{UINT32_MAX}}) {
    EXPECT_EQ(ERANGE, read(1, on_cpu(cpu))) << cpu;
    EXPECT_EQ(ERANGE, write(1, 5, on_cpu(cpu))) << cpu;
  }
}

TEST_P(OneCpuContract, with_noexist_or_exist_acts_as_any) {
  if (!are_known()) return;
  EXPECT_EQ(0, write(1, 1, on_cpu(cpu_at(0)) | kExist)) << "made, though it was not there";
  EXPECT_EQ(0, write(1, 2, on_cpu(cpu_at(0)) | kNoExist)) << "written, though it was there";
  EXPECT_EQ(0, read(1, on_cpu(cpu_at(0))));
  EXPECT_EQ(2U, value_);
}

TEST_P(OneCpuContract, an_entry_made_for_one_cpu_is_zero_elsewhere_from_7_2_on) {
  if (!are_known()) return;
  for (const uint32_t flags : {0U, uint32_t{kNoPrealloc}}) {
    MapSpec spec = small_spec();
    spec.max_entries = 1;
    spec.flags |= flags;
    const auto map = create(spec);
    SmallMap small(*map, cpus());
    const uint32_t key = 1;
    const uint64_t value = 7;
    ASSERT_EQ(0, small.put(2, 1000));
    std::vector<uint64_t> expected = small.row_of(1000);
    ASSERT_EQ(0, small.erase(2));
    ASSERT_EQ(0, code(map->update(bytes_of(key), bytes_of(value), on_cpu(cpu_at(0)))));
    ASSERT_EQ(0, small.get(key));
    if (rules().cpu_flags == CpuFlags::by_place) std::ranges::fill(expected, 0);
    expected[0] = value;
    EXPECT_EQ(expected, small.row()) << "flags " << flags;
  }
}

TEST_P(OneCpuContract, batches_have_one_value_for_each_key) {
  if (!are_known()) return;
  std::array<uint32_t, 2> keys{1, 2};
  std::array<uint64_t, 3> values{100, 200, 300};
  BatchCall call;
  call.keys = std::as_writable_bytes(std::span(keys)).data();
  call.rows = std::as_writable_bytes(std::span(values)).data();
  call.count = 2;
  call.elem_flags = kAllCpus;
  ASSERT_EQ(0, code(map().batch(BatchCommand::update, call)));
  EXPECT_EQ(std::vector<uint64_t>(cpus(), 200), row_of(2));
  uint32_t cursor = 0;
  call.out = &cursor;
  call.elem_flags = on_cpu(cpu_at(cpus() - 1));
  ASSERT_EQ(ENOENT, code(map().batch(BatchCommand::lookup, call)));
  ASSERT_EQ(2U, call.count);
  std::sort(values.begin(), values.begin() + 2);
  EXPECT_EQ((std::array<uint64_t, 3>{100, 200, 300}), values);
}

PERCPUMAP_FOR_EVERY_BACKEND(OneCpuContract);

}  // namespace
}  // namespace percpumap::test
