#include "map/stages.h"

#include <gtest/gtest.h>

#include "base/error.h"

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

// As when a CPU comes online between two looks.
TEST(Stages, ChooseCpusRefusesACpuThatWasNotRead) {
  const Shape shape{4, 8, CpuList({0, 2, 5})};
  for (const uint32_t cpu : {1U, 6U}) {
    Batch batch = two_entries(shape);
    EXPECT_THROW(choose_cpus(shape, CpuList({2, cpu}), batch), Error) << cpu;
  }
}

TEST(Stages, SpaceValuesMovesThemToTheDistanceOfSlots) {
  for (size_t size = 1; size <= 17; ++size) {
    const Shape shape{1, size, CpuList({5})};
    Batch batch;
    batch.count = 9;
    batch.keys.resize(9);
    for (size_t i = 0; i < 9 * size; ++i) batch.rows.push_back(static_cast<std::byte>(i));
    batch.rows.resize(9 * shape.row_size());
    space_values(shape, batch);
    for (size_t i = 0; i < 9 * size; ++i)
      ASSERT_EQ(batch.value(shape, i / size, 0)[i % size], static_cast<std::byte>(i)) << size << " bytes";
  }
}

}  // namespace
}  // namespace percpumap
