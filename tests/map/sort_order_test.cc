#include "map/sort_order.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "map/typed_rows.h"

namespace percpumap::test {
namespace {

class SortOrders : public testing::Test {
 protected:
  // The literals in their order, by their ranks.
  static Literals sorted(std::string_view type, const std::string& order, Literals literals) {
    const Layout layout = declare_layout(type, "key");
    const Shape shape = shape_of(layout, layout, 1);
    const SortOrder sort(order, layout, layout, shape);
    const auto rank = [&](const std::string& literal) {
      std::vector<std::byte> out(sort.size());
      sort.rank(bytes_of(layout, literal).data(), row_of(shape, layout, {literal}).data(), out.data());
      return out;
    };
    std::stable_sort(literals.begin(), literals.end(),
                     [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
    return literals;
  }

  static void expect_refused(const std::string& order, const std::string& message, const std::string& hint) {
    const Layout layout = declare_layout("{packets:u64,name:char[4],hist:u8[2]}", "value");
    try {
      SortOrder(order, layout, layout, shape_of(layout, layout, 2));
      ADD_FAILURE() << order;
    } catch (const Error& error) {
      EXPECT_EQ(error.problem(), Problem::bad_data);
      EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
      EXPECT_NE(error.hint.find(hint), std::string::npos) << error.hint;
    }
  }
};

TEST_F(SortOrders, NumbersComeByTheirValue) {
  const Literals ascending = {"-128", "-2", "-1", "0", "1", "127"};
  const Literals descending(ascending.rbegin(), ascending.rend());
  for (const auto* type : {"i8", "i64", "f32", "f64"}) {
    for (const auto* field : {"key", "sum", "max", "avg"}) {
      EXPECT_EQ(sorted(type, field, descending), ascending) << type << " " << field;
      EXPECT_EQ(sorted(type, std::string(field) + ":asc", descending), ascending);
      EXPECT_EQ(sorted(type, std::string(field) + ":desc", ascending), descending);
    }
  }
  EXPECT_EQ(sorted("be16", "key", {"256", "1", "2"}), (Literals{"1", "2", "256"}));
  EXPECT_EQ(sorted("u64", "sum", {"18446744073709551615", "0", "9223372036854775808"}),
            (Literals{"0", "9223372036854775808", "18446744073709551615"}));
}

TEST_F(SortOrders, NanIsAboveAllNumbersAndZeroIsOne) {
  EXPECT_EQ(sorted("f64", "key", {"nan", "inf", "0", "-0.0", "-inf", "1"}),
            (Literals{"-inf", "0", "-0.0", "1", "inf", "nan"}));
}

TEST_F(SortOrders, TextComesAsStringsAndAddressesByTheirBytes) {
  EXPECT_EQ(sorted("char[8]", "key", {"eth10", "lo", "eth1", "eth"}),
            (Literals{"eth", "eth1", "eth10", "lo"}));
  EXPECT_EQ(sorted("char[8]", "key:desc", {"eth10", "lo", "eth1"}), (Literals{"lo", "eth10", "eth1"}));
  EXPECT_EQ(sorted("ipv4", "key", {"10.0.0.2", "9.9.9.9", "10.0.0.1"}),
            (Literals{"9.9.9.9", "10.0.0.1", "10.0.0.2"}));
}

TEST_F(SortOrders, StructuresComeByTheirMembersInTurn) {
  const Literals ascending = {R"({"a":-1,"b":"z"})", R"({"a":2,"b":"a"})", R"({"a":2,"b":"b"})"};
  EXPECT_EQ(sorted("{a:i16,b:char[2]}", "key", {ascending[2], ascending[0], ascending[1]}), ascending);
  EXPECT_EQ(sorted("{a:i16,b:char[2]}", "key.b", ascending),
            (Literals{ascending[1], ascending[2], ascending[0]}));
}

TEST_F(SortOrders, SayWhatElseThereIs) {
  expect_refused("sum", "sum is no number", "sum.packets, sum.hist[0]");
  expect_refused("sum.name", "sum.name is no number", "sum.packets");
  expect_refused("sum.bytes", "sum has no field bytes", "packets");
  expect_refused("value.packets", "value.packets is another one on each CPU", "sum.packets");
  expect_refused("packets", "packets is no field of an entry", "key");
  expect_refused("key:down", "down is no direction", "desc");
}

TEST(FirstNumbers, AreNamedAsFields) {
  const auto first = [](std::string_view type) { return first_number("sum", declare_layout(type, "value")); };
  EXPECT_EQ(first("u64"), "sum");
  EXPECT_EQ(first("{name:comm,n:u8}"), "sum.n");
  EXPECT_EQ(first("{in:{up:bool,f:f32}[2],n:u8}"), "sum.in[0].f");
  EXPECT_EQ(first("u32[4]"), "sum[0]");
}

}  // namespace
}  // namespace percpumap::test
