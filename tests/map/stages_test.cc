#include "map/stages.h"

#include <gtest/gtest.h>

#include "types/format.h"

namespace percpumap {
namespace {

// Two entries on CPUs 0, 2 and 5; slot i of entry e holds 10 * e + i.
Batch two_entries(const Shape& shape) {
  Batch batch;
  batch.count = 2;
  batch.keys.resize(2 * shape.key_size);
  batch.rows.resize(2 * shape.row_size());
  for (uint64_t e = 0; e < 2; ++e) {
    for (uint64_t slot = 0; slot < 3; ++slot) {
      const uint64_t value = 10 * e + slot;
      std::memcpy(batch.rows.data() + e * shape.row_size() + slot * shape.stride(), &value, 8);
    }
  }
  return batch;
}

uint64_t number(Bytes bytes) {
  uint64_t value = 0;
  std::memcpy(&value, bytes.data(), 8);
  return value;
}

TEST(Stages, ChooseCpusGoesByIdNotByOrdinal) {
  const Shape shape{4, 8, CpuList({0, 2, 5})};
  Batch batch = two_entries(shape);
  const Shape left{4, 8, CpuList({2, 5})};
  choose_cpus(shape, left.cpus, batch);
  EXPECT_EQ(number(batch.value(left, 0, 0)), 1U);
  EXPECT_EQ(number(batch.value(left, 0, 1)), 2U);
  EXPECT_EQ(number(batch.value(left, 1, 0)), 11U);
  EXPECT_EQ(number(batch.value(left, 1, 1)), 12U);
}

TEST(Stages, SumWrapsAsCountersDo) {
  const Shape shape{4, 8, CpuList({0, 1})};
  Batch batch;
  batch.count = 1;
  batch.keys.resize(4);
  batch.rows.resize(16);
  const uint64_t most = ~uint64_t{0};
  const uint64_t two = 2;
  std::memcpy(batch.rows.data(), &most, 8);
  std::memcpy(batch.rows.data() + 8, &two, 8);
  sum_slots(shape, Layout::integer(8, false), batch);
  EXPECT_EQ(number(batch.aggregate(0)), 1U);
}

TEST(Stages, SumsOfEveryIntegerAreThoseOfItsValues) {
  const Shape shape{4, 8, CpuList({0, 2, 5})};
  for (const size_t size : {1, 2, 4, 8}) {
    for (const bool is_signed : {false, true}) {
      const Shape narrow{4, size, shape.cpus};
      const Layout layout = Layout::integer(size, is_signed);
      Batch batch = two_entries(shape);
      for (std::byte& byte : batch.rows) byte = ~byte;  // negative where signed
      sum_slots(narrow, layout, batch);
      for (size_t entry = 0; entry < 2; ++entry) {
        uint64_t sum = 0;
        for (size_t slot = 0; slot < 3; ++slot) sum += load_integer(layout, batch.value(narrow, entry, slot));
        EXPECT_EQ(number(batch.aggregate(entry)), sum) << layout.name() << " " << entry;
      }
    }
  }
}

TEST(Stages, SumWidensSmallIntegersWithTheirSign) {
  const Shape shape{4, 1, CpuList({0, 1})};
  Batch batch;
  batch.count = 1;
  batch.keys.resize(4);
  batch.rows.assign(16, std::byte{0xee});  // padding must not matter
  batch.rows[0] = std::byte{0xff};
  batch.rows[8] = std::byte{0xfe};
  sum_slots(shape, Layout::integer(1, true), batch);
  EXPECT_EQ(static_cast<int64_t>(number(batch.aggregate(0))), -3);
  sum_slots(shape, Layout::integer(1, false), batch);
  EXPECT_EQ(number(batch.aggregate(0)), 0xffU + 0xfeU);
}

}  // namespace
}  // namespace percpumap
