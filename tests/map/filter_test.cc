#include "map/filter.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "map/typed_rows.h"
#include "types/scalar.h"

namespace percpumap::test {
namespace {

// An entry of two CPUs.
class Filters : public testing::Test {
 protected:
  bool matches(std::string_view expression) const {
    const std::vector<std::byte> key_bytes =
        bytes_of(key_, R"({"from":"10.0.0.1","port":443,"name":"eth0","up":true,)"
                       R"("level":-3,"id":"0a0b"})");
    return Filter(expression, key_, value_, shape_)
        .matches(key_bytes.data(), row_of(shape_, value_,
                                          {R"({"packets":5,"bytes":100,"load":0.5,"hist":[1,2]})",
                                           R"({"packets":7,"bytes":300,"load":1.5,"hist":[3,4]})"})
                                       .data());
  }

  // "message (hint)" of what is refused.
  std::string refusal(std::string_view expression) const {
    try {
      Filter(expression, key_, value_, shape_);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.problem(), Problem::bad_data);
      return std::string(error.what()) + (error.hint.empty() ? "" : " (" + error.hint + ")");
    }
  }
  void expect_refused(std::string_view expression, const std::string& message) const {
    const std::string text = refusal(expression);
    EXPECT_NE(text.find(message), std::string::npos) << expression << "\n  " << text;
  }

  const Layout key_ =
      declare_layout("packed{from:ipv4,port:be16,name:char[8],up:bool,level:i32,id:hex[2]}", "key");
  const Layout value_ = declare_layout("{packets:u64,bytes:u32,load:f64,hist:u16[2]}", "value");
  const Shape shape_ = shape_of(key_, value_, 2);
};

TEST_F(Filters, CompareNumbersByValue) {
  for (const auto* holds :
       {"key.port == 443", "key.port!=80", "key.port > 255", "key.port>=443", "key.port < 444",
        "key.port <= 443", "key.level < 0", "key.level > -4", "key.port == 0x1bb"}) {
    EXPECT_TRUE(matches(holds)) << holds;
  }
  for (const auto* fails : {"key.port != 443", "key.port < 443", "key.port > 443", "key.level >= 0"}) {
    EXPECT_FALSE(matches(fails)) << fails;
  }
}

TEST_F(Filters, CompareTextAddressesAndBytes) {
  for (const auto* holds :
       {"key.name == eth0", "key.name == \"eth0\"", "key.name == 'eth0'", "key.name < eth1", "key.name > eth",
        "key.name != eth00", "key.from == 10.0.0.1", "key.from < 10.0.1.0", "key.from > 9.255.255.255",
        "key.id == 0a0b", "key.id < 0b00"}) {
    EXPECT_TRUE(matches(holds)) << holds;
  }
  for (const auto* fails : {"key.name == eth", "key.name < eth0", "key.from != 10.0.0.1", "key.id > 0a0b"}) {
    EXPECT_FALSE(matches(fails)) << fails;
  }
}

TEST_F(Filters, CompareFloats) {
  EXPECT_TRUE(matches("value.load == 0.5"));
  EXPECT_TRUE(matches("max.load >= 1.5"));
  EXPECT_TRUE(matches("avg.load == 1"));
  EXPECT_FALSE(matches("value.load > 1.5"));
  EXPECT_FALSE(matches("value.load == nan"));
  EXPECT_TRUE(matches("value.load != nan"));
}

TEST_F(Filters, TakeTrueAndFalseAlone) {
  EXPECT_TRUE(matches("key.up"));
  EXPECT_FALSE(matches("!key.up"));
  EXPECT_TRUE(matches("key.up == true && key.up != false"));
}

TEST_F(Filters, LookAtAnyCpuWhereNothingElseIsSaid) {
  EXPECT_TRUE(matches("value.packets == 5 && value.packets == 7"));
  EXPECT_TRUE(matches("value.packets != 5"));
  EXPECT_FALSE(matches("!(value.packets == 5)"));
  EXPECT_TRUE(matches("value.hist[1] == 4"));
}

TEST_F(Filters, LookAtOneCpuAfterTheOtherInAnyAndAll) {
  EXPECT_TRUE(matches("any(value.packets == 7 && value.bytes == 300)"));
  EXPECT_FALSE(matches("any(value.packets == 5 && value.bytes == 300)"));
  EXPECT_TRUE(matches("all(value.packets >= 5)"));
  EXPECT_FALSE(matches("all(value.packets > 5)"));
  EXPECT_TRUE(matches("all ( value.packets > 5 || value.bytes == 100 )"));
  EXPECT_TRUE(matches("any(value.packets == 7 and key.port == 443 and sum.packets == 12)"));
}

TEST_F(Filters, CompareAggregates) {
  EXPECT_TRUE(matches("sum.packets == 12 && min.packets == 5 && max.packets == 7 && avg.packets == 6"));
  EXPECT_TRUE(matches("sum.bytes == 400 && sum.hist[0] == 4"));
  EXPECT_FALSE(matches("sum.packets > 12"));
}

TEST_F(Filters, BindNotThenAndThenOr) {
  EXPECT_TRUE(matches("key.port == 443 || key.port == 1 && key.port == 2"));
  EXPECT_FALSE(matches("(key.port == 443 || key.port == 1) && key.port == 2"));
  EXPECT_TRUE(matches("not key.port == 1 and key.up or key.port == 2"));
  EXPECT_TRUE(matches("!!key.up"));
}

TEST_F(Filters, SayWhereTheyAreWrong) {
  expect_refused("", "character 1: expected a field, got the end");
  expect_refused("key.port = 443", "character 10: expected == != < <= > or >= after key.port, got = 443");
  expect_refused("key.port == 443 &", "character 17: expected &&, || or the end");
  expect_refused("key.port ==", "character 12: expected a literal, got the end");
  expect_refused("(key.up", "character 8: expected ), got the end");
  expect_refused("key.up)", "character 7: expected &&, || or the end");
  expect_refused("key.name == \"eth", "character 13: there is no \" at the end");
  expect_refused("key.port", "expected == != < <= > or >= after key.port");
  expect_refused("all(any(value.packets == 1))", "character 5: any() and all()");
}

TEST_F(Filters, SayWhichFieldsThereAre) {
  expect_refused("bytes > 1", "character 1: bytes is no field of an entry (fields begin with key");
  expect_refused("key.up && key.prt == 1", "character 11: key has no field prt");
  expect_refused("sum > 5", "numbers are sum.packets, sum.bytes, sum.load, sum.hist[0]");
  expect_refused("value == 5", "character 1: value is a structure");
  expect_refused("value.hist == 5", "character 1: value.hist is an array");
}

TEST_F(Filters, SayWhatAFieldCannotHold) {
  expect_refused("key.port == 65536", "character 13: key.port");
  expect_refused("key.port == 65536", "65536");
  expect_refused("key.port == -1", "character 13");
  expect_refused("key.from == eth0", "character 13");
  expect_refused("key.id == 0a", "character 11");
  EXPECT_EQ(refusal("sum.bytes == 4294967296"), "");
}

TEST_F(Filters, AreNotDeeperThanTheStack) {
  expect_refused(std::string(100000, '('), "levels");
  expect_refused(std::string(100000, '!'), "levels");
  EXPECT_TRUE(matches(std::string(50, '(') + "key.up" + std::string(50, ')')));
  std::string chain = "key.up";
  for (int i = 0; i < 10000; ++i) chain += " && key.up";
  EXPECT_TRUE(matches(chain));
}

TEST(FilterOfBytes, ComparesDigits) {
  const Layout bytes = Layout::bytes(4);
  const Filter filter("key == 0a000001", bytes, bytes, shape_of(bytes, bytes, 1));
  const auto key = std::vector<std::byte>{std::byte{10}, {}, {}, std::byte{1}};
  EXPECT_TRUE(filter.matches(key.data(), key.data()));
}

TEST(FilterOfBatches, KeepsWhatMatchesInItsOrder) {
  const Layout number = Layout::integer(4, false);
  const Shape shape = shape_of(number, number, 2);
  Batch batch;
  for (const std::string literal : {"7", "1", "8", "2", "9"}) {
    add(batch, bytes_of(number, literal), row_of(shape, number, {literal, "0"}));
  }
  Filter("sum > 6", number, number, shape).run(batch);
  ASSERT_EQ(batch.count, 3U);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(load<uint32_t>(batch.key(shape, i).data()), 7 + i);
    EXPECT_EQ(load<uint32_t>(batch.value(shape, i, 0).data()), 7 + i);
  }
}

}  // namespace
}  // namespace percpumap::test
