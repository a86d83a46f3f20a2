// Nothing is allocated per entry: stages and printers run between two readings of a counter in operator new.
#include <gtest/gtest.h>

#include "map/filter.h"
#include "map/stages.h"
#include "support/allocations.h"
#include "unit/output_fixture.h"

namespace percpumap {
namespace {

using test::allocations;

Batch full_batch(const Shape& shape, size_t count) {
  Batch batch;
  batch.count = count;
  batch.keys.assign(count * shape.key_size, std::byte{0xab});
  batch.rows.assign(count * shape.row_size(), std::byte{0xcd});
  batch.aggregates.assign(count * shape.aggregate_size, std::byte{0xef});
  return batch;
}

class Allocations : public testing::TestWithParam<std::tuple<Format, size_t>> {
 protected:
  Allocations() {
    const auto [format, value_size] = GetParam();
    const bool number = value_size == 8;
    format_ = format;
    table_ =
        table_of(Layout::bytes(16), number ? Layout::integer(8, false) : Layout::bytes(value_size), "0-3");
    const bool bpftool = format == Format::bpftool || format == Format::bpftool_json;
    if (number && !bpftool) add_sum(table_);
  }

  Format format_;
  Table table_;
};

TEST_P(Allocations, NoneForRows) {
  const Batch batch = full_batch(table_.shape, 1000);
  const auto printer = make_printer(format_, table_);
  Capture capture;
  Document document(*printer, capture.sink());
  document.begin(batch);
  document.rows(batch);
  const size_t before = allocations;
  document.rows(batch);
  EXPECT_EQ(allocations, before);
  document.end(true);
}

// A block that is filled, handed on and filled again, as a thread of a dump does it.
TEST_P(Allocations, NoneForBlocks) {
  const Batch batch = full_batch(table_.shape, 1000);
  const auto printer = make_printer(format_, table_);
  Text block;
  printer->begin(batch, block);
  block.clear();
  printer->rows(batch, 0, batch.count, block);
  const size_t before = allocations;
  for (int i = 0; i < 3; ++i) {
    block.clear();
    printer->rows(batch, 0, batch.count, block);
  }
  EXPECT_EQ(allocations, before);
}

INSTANTIATE_TEST_SUITE_P(EveryFormat, Allocations,
                         testing::Combine(testing::Values(Format::table, Format::json, Format::pretty,
                                                          Format::ndjson, Format::csv, Format::bpftool,
                                                          Format::bpftool_json),
                                          testing::Values(8, 1000)));

TEST(StageAllocations, NoneForBatches) {
  const Shape all{8, 8, CpuList({0, 1, 2, 3}), 0};
  const Shape left{8, 8, CpuList({1, 3}), 8};
  const Aggregation sum(Aggregate::sum, Layout::integer(8, false), left);
  const Layout number = Layout::integer(8, false);
  const Filter filter("key == abababababababab && (avg != 0 || any(value > 5))", Layout::bytes(8), number,
                      left);
  Batch batch = full_batch(all, 1000);
  batch.aggregates.resize(1000 * left.aggregate_size);
  const size_t before = allocations;
  choose_cpus(all, left.cpus, batch);
  filter.run(batch);
  sum.run(batch);
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(batch.count, 1000U);
}

TEST(AllocationCounter, Counts) {
  const size_t before = allocations;
  std::vector<int> one(1);
  EXPECT_GT(allocations, before) << one.size();
}

}  // namespace
}  // namespace percpumap
