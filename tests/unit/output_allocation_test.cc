// Nothing is allocated per entry: the printers run between two readings of a counter in operator new.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "unit/output_fixture.h"

namespace {

std::atomic<size_t> allocations = 0;

}  // namespace

// Not inlined, or g++ 12 sees malloc's pointer go to delete and takes that for a mistake.
[[gnu::noinline]] void* operator new(size_t size) {
  ++allocations;
  if (void* place = std::malloc(size)) return place;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* place) noexcept {
  std::free(place);
}
[[gnu::noinline]] void operator delete(void* place, size_t) noexcept {
  std::free(place);
}

namespace percpumap {
namespace {

Batch full_batch(const Shape& shape, size_t count) {
  Batch batch;
  batch.count = count;
  batch.keys.assign(count * shape.key_size, std::byte{0xab});
  batch.rows.assign(count * shape.row_size(), std::byte{0xcd});
  batch.aggregates.assign(count * 8, std::byte{0xef});
  return batch;
}

class Allocations : public testing::TestWithParam<std::tuple<Format, size_t>> {};

TEST_P(Allocations, NoneForRows) {
  const auto [format, value_size] = GetParam();
  const bool number = value_size == 8;
  Table table =
      table_of(Layout::bytes(16), number ? Layout::integer(8, false) : Layout::bytes(value_size), "0-3");
  const bool bpftool = format == Format::bpftool || format == Format::bpftool_json;
  if (number && !bpftool) table.aggregate = "sum";
  const Batch batch = full_batch(table.shape, 1000);
  const auto printer = make_printer(format, table);
  Capture capture;
  Document document(*printer, capture.sink());
  document.begin(batch);
  document.rows(batch);
  const size_t before = allocations;
  document.rows(batch);
  EXPECT_EQ(allocations, before);
  document.end(true);
}

INSTANTIATE_TEST_SUITE_P(EveryFormat, Allocations,
                         testing::Combine(testing::Values(Format::table, Format::json, Format::pretty,
                                                          Format::ndjson, Format::csv, Format::bpftool,
                                                          Format::bpftool_json),
                                          testing::Values(8, 1000)));

TEST(AllocationCounter, Counts) {
  const size_t before = allocations;
  std::vector<int> one(1);
  EXPECT_GT(allocations, before) << one.size();
}

}  // namespace
}  // namespace percpumap
