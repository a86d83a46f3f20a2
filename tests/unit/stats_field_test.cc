#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "stats/field_stats.h"
#include "stats/number_fields.h"
#include "types/declare.h"

namespace percpumap::test {
namespace {

template <typename Number>
void append(std::vector<std::byte>& bytes, Number number) {
  const auto raw = std::as_bytes(std::span(&number, 1));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

// Entries with keys of one byte and a number of 8 bytes for each of two CPUs.
template <typename Number>
Batch batch_of(const std::vector<std::array<Number, 2>>& rows) {
  static_assert(sizeof(Number) == 8);
  Batch batch;
  for (const auto& row : rows) {
    batch.keys.push_back(static_cast<std::byte>(batch.count++));
    for (const Number number : row) append(batch.rows, number);
  }
  return batch;
}

Shape two_cpus() {
  return {.key_size = 1, .value_size = 8, .cpus = CpuList({0, 8})};
}

template <typename Number>
FieldStats stats_of(const std::string& type, const std::vector<std::array<Number, 2>>& rows, size_t top = 5) {
  FieldStats stats(number_fields(declare_layout(type, "value"), "").fields.at(0), two_cpus(), top);
  stats.add(batch_of(rows));
  return stats;
}

std::vector<uint64_t> keys(const FieldStats& stats) {
  std::vector<uint64_t> found;
  for (const Busiest::Key& key : stats.busiest()) found.push_back(std::to_integer<uint64_t>(key.key.at(0)));
  return found;
}

TEST(FieldStats, AddsUpEachCpu) {
  const FieldStats stats = stats_of<uint64_t>("u64", {{1, 2}, {5, 0}, {0, 24}});
  EXPECT_EQ(stats.total(), 32U);
  EXPECT_EQ(std::vector(stats.cpu_totals().begin(), stats.cpu_totals().end()),
            (std::vector<uint64_t>{6, 26}));
  EXPECT_EQ(stats.cpu_shares(), (std::vector<double>{6.0 / 32, 26.0 / 32}));
  EXPECT_EQ(stats.hottest(), 1U);
  EXPECT_DOUBLE_EQ(*stats.skew(CpuList()), 26.0 / 16);
}

TEST(FieldStats, KnowsTheBusiestKeysInOrder) {
  const FieldStats stats = stats_of<uint64_t>("u64", {{1, 2}, {5, 0}, {0, 24}, {2, 3}, {9, 0}}, 3);
  EXPECT_EQ(keys(stats), (std::vector<uint64_t>{2, 4, 1})) << "of equals the one that came first";
  EXPECT_EQ(stats.busiest()[0].number, 24U);
  EXPECT_DOUBLE_EQ(stats.share(stats.busiest()[0]), 24.0 / 46);
  EXPECT_TRUE(keys(stats_of<uint64_t>("u64", {{1, 2}}, 0)).empty());
}

TEST(FieldStats, OrdersNegativeNumbersBelowZero) {
  EXPECT_EQ(keys(stats_of<int64_t>("i64", {{-9, 0}, {0, 0}, {-1, 0}, {3, 0}})),
            (std::vector<uint64_t>{3, 1, 2, 0}));
  EXPECT_EQ(keys(stats_of<double>("f64", {{-9, 0}, {0, 0}, {-0.5, 0}, {NAN, 0}, {0.25, 0}})),
            (std::vector<uint64_t>{4, 1, 2, 0, 3}));
}

TEST(FieldStats, WrapsAroundAsCountersDo) {
  const FieldStats stats = stats_of<uint64_t>("u64", {{UINT64_MAX, 3}});
  EXPECT_EQ(stats.total(), 2U);
  EXPECT_EQ(stats.busiest()[0].number, 2U);
}

TEST(FieldStats, ComparesMagnitudesOfNumbersWithASign) {
  const FieldStats stats = stats_of<int64_t>("i64", {{-30, 10}});
  EXPECT_EQ(static_cast<int64_t>(stats.total()), -20);
  EXPECT_EQ(stats.hottest(), 0U);
  EXPECT_DOUBLE_EQ(*stats.skew(CpuList()), 1.5);
}

TEST(FieldStats, AddsFloats) {
  const FieldStats stats = stats_of<double>("f64", {{0.5, 0.25}, {1, 0}});
  EXPECT_EQ(std::bit_cast<double>(stats.total()), 1.75);
  EXPECT_EQ(stats.sum_layout().name(), "f64");
  EXPECT_EQ(std::bit_cast<double>(stats_of<double>("f64", {{INFINITY, 0.25}}).total()), INFINITY);
}

TEST(FieldStats, HasNoHottestCpuWhereAllIsZero) {
  const FieldStats stats = stats_of<uint64_t>("u64", {{0, 0}});
  EXPECT_EQ(stats.hottest(), std::nullopt);
  EXPECT_EQ(stats.skew(CpuList()), std::nullopt);
  EXPECT_EQ(stats.cpu_shares(), (std::vector<double>{0, 0}));
}

TEST(FieldStats, IdleOfflineCpusAreNotInTheMean) {
  EXPECT_DOUBLE_EQ(*stats_of<uint64_t>("u64", {{7, 0}}).skew(CpuList({8})), 1);
  EXPECT_DOUBLE_EQ(*stats_of<uint64_t>("u64", {{7, 0}}).skew(CpuList()), 2);
  EXPECT_DOUBLE_EQ(*stats_of<uint64_t>("u64", {{0, 7}}).skew(CpuList({8})), 2) << "it has counted";
}

TEST(FieldStats, ReadsMembersOfEverySize) {
  const Layout value = declare_layout("{a:u8,b:be16,c:i32}", "value");
  Batch batch;
  batch.count = 1;
  batch.keys.resize(1);
  for (const int cpu : {1, 2}) {
    append(batch.rows, static_cast<uint8_t>(cpu));
    append(batch.rows, uint8_t{0xff});  // padding
    append(batch.rows, uint8_t{1});
    append(batch.rows, uint8_t{0});
    append(batch.rows, int32_t{-cpu});
  }
  std::vector<uint64_t> totals;
  for (const NumberField& number : number_fields(value, "").fields) {
    FieldStats stats(number, two_cpus(), 1);
    stats.add(batch);
    totals.push_back(stats.total());
  }
  EXPECT_EQ(totals, (std::vector<uint64_t>{3, 512, static_cast<uint64_t>(-3)}));
}

std::vector<std::string> names(const std::string& type, std::string_view path = "") {
  std::vector<std::string> found;
  for (const NumberField& number : number_fields(declare_layout(type, "value"), path).fields) {
    found.push_back(number.name);
  }
  return found;
}

TEST(NumberFields, AreNamedByTheirPaths) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(names("u64"), Names{"value"});
  EXPECT_EQ(names("u64", "value"), Names{"value"});
  EXPECT_EQ(names("u64[2]"), (Names{"[0]", "[1]"}));
  EXPECT_EQ(names("{a:u8,name:char[4],in:{b:f32,c:u8[2]}}"), (Names{"a", "in.b", "in.c[0]", "in.c[1]"}));
  EXPECT_EQ(names("{a:u8,in:{b:f32,c:u8[2]}}", "in"), (Names{"in.b", "in.c[0]", "in.c[1]"}));
  EXPECT_EQ(names("{a:u8,in:{b:f32,c:u8[2]}}", "in.c[1]"), (Names{"in.c[1]"}));
  EXPECT_EQ(names("char[4]"), Names{});
}

TEST(NumberFields, OfArraysAreLimitedAndCounted) {
  const Layout value = declare_layout("{a:u64[100],b:u8}", "value");
  const NumberFields all = number_fields(value, "");
  EXPECT_EQ(all.fields.size(), kMostElements + 1);
  EXPECT_EQ(all.fields.back().name, "b");
  EXPECT_EQ(all.left_out, 100 - kMostElements);
  const NumberFields asked = number_fields(value, "a");
  EXPECT_EQ(asked.fields.size(), kMostNumbers);
  EXPECT_EQ(asked.left_out, 100 - kMostNumbers);
  EXPECT_EQ(number_fields(value, "a[99]").fields.at(0).offset, 99U * 8);
}

TEST(NumberFields, RefuseWhatIsNone) {
  const Layout value = declare_layout("{a:u64,name:char[4]}", "value");
  EXPECT_THROW(number_fields(value, "b"), Error);
  try {
    number_fields(value, "name");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    EXPECT_STREQ(error.what(), "field name has no number: it is char[4]");
  }
}

}  // namespace
}  // namespace percpumap::test
