// Many entries in and out: nothing is lost, on either backend.
#include "kernel/kernel_fixture.h"

namespace percpumap::test {
namespace {

class VolumeTest : public KernelTest, public testing::WithParamInterface<Ground> {
 protected:
  Ground ground() const override { return GetParam(); }

  void expect_dump_is(const std::vector<std::string>& lines) const {
    const bool same = sorted_lines(out_of("percpumap -o ndjson dump $PINS/t")) == lines;
    EXPECT_TRUE(same) << "the dump differs from the " << lines.size() << " lines that were imported";
  }
};

TEST_P(VolumeTest, HundredThousandEntriesGoInOutAndInAgain) {
  const std::string entries = entry_lines(100000, {8, 16}, possible_cpus());
  const auto lines = sorted_lines(entries);
  write("entries", entries);
  out_of("percpumap create $PINS/t key 8 value 16 entries 100000 name $NAME");
  EXPECT_EQ(out_of("percpumap -q -j import $PINS/t entries"), "{\"imported\":100000}\n");
  expect_dump_is(lines);

  out_of("percpumap -q batch-dump $PINS/t --delete -o ndjson > drained");
  EXPECT_TRUE(sorted_lines(read("drained")) == lines);
  EXPECT_EQ(out_of("percpumap -j dump $PINS/t"), "[]\n");

  EXPECT_EQ(out_of("percpumap -q -j import $PINS/t drained"), "{\"imported\":100000}\n");
  expect_dump_is(lines);
}

// Without preallocation the kernel says ENOMEM in passing when entries come fast.
struct Burst {
  size_t count;
  size_t value_size;
};

class BurstTest : public KernelTest, public testing::WithParamInterface<std::tuple<Ground, Burst>> {
 protected:
  Ground ground() const override { return std::get<0>(GetParam()); }
};

TEST_P(BurstTest, AllArriveWithoutPreallocation) {
  const auto [count, value_size] = std::get<1>(GetParam());
  write("entries", entry_lines(count, {4, value_size}, CpuList({0})));
  out_of("percpumap create $PINS/t key 4 value " + std::to_string(value_size) + " entries " +
         std::to_string(count) + " flags no_prealloc");
  EXPECT_EQ(out_of("percpumap -q -j import $PINS/t entries --missing-cpu zero"),
            "{\"imported\":" + std::to_string(count) + "}\n");
  out_of("percpumap -o ndjson dump $PINS/t --cpu 0 > dumped");
  EXPECT_TRUE(sorted_lines(read("dumped")) == sorted_lines(read("entries")));
}

INSTANTIATE_TEST_SUITE_P(Grounds, VolumeTest, testing::Values(Ground::kernel, Ground::sim),
                         [](const auto& row) { return std::string(ground_name(row.param)); });
INSTANTIATE_TEST_SUITE_P(Grounds, BurstTest,
                         testing::Combine(testing::Values(Ground::kernel, Ground::sim),
                                          testing::Values(Burst{20000, 512}, Burst{5000, 4096})),
                         [](const auto& row) {
                           return std::string(ground_name(std::get<0>(row.param))) + "_value" +
                                  std::to_string(std::get<1>(row.param).value_size);
                         });

}  // namespace
}  // namespace percpumap::test
