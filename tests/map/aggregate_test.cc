#include "map/aggregate.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "base/error.h"
#include "map/typed_rows.h"
#include "types/format.h"

namespace percpumap::test {
namespace {

std::string aggregated(Aggregate how, const Layout& value, const Literals& literals) {
  const Shape shape = shape_of(Layout::bytes(1), value, literals.size());
  const Aggregation aggregation(how, value, shape);
  std::vector<std::byte> out(aggregation.layout().size());
  aggregation.run(row_of(shape, value, literals).data(), out.data());
  return format_value(aggregation.layout(), {}, out);
}

std::string aggregated(Aggregate how, std::string_view type, const Literals& literals) {
  return aggregated(how, declare_layout(type, "value"), literals);
}

constexpr auto kAll = {Aggregate::sum, Aggregate::min, Aggregate::max, Aggregate::avg};

std::vector<std::string> all_of(std::string_view type, const Literals& literals) {
  std::vector<std::string> texts;
  for (const Aggregate how : kAll) texts.push_back(aggregated(how, type, literals));
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Aggregates, AreMadeFieldByField) {
  EXPECT_EQ(all_of("{packets:u64,bytes:u64}", {R"({"packets":1,"bytes":100})", R"({"packets":5,"bytes":60})",
                                               R"({"packets":3,"bytes":20})"}),
            (Texts{R"({"packets":9,"bytes":180})", R"({"packets":1,"bytes":20})",
                   R"({"packets":5,"bytes":100})", R"({"packets":3,"bytes":60})"}));
}

TEST(Aggregates, OfOneCpuAreItsValue) {
  EXPECT_EQ(all_of("i32", {"-7"}), (Texts{"-7", "-7", "-7", "-7"}));
}

TEST(Aggregates, SumsWrapAsTheCountersDo) {
  EXPECT_EQ(aggregated(Aggregate::sum, "u64", {"18446744073709551615", "2"}), "1");
  EXPECT_EQ(aggregated(Aggregate::sum, "i64", {"9223372036854775807", "1"}), "-9223372036854775808");
}

TEST(Aggregates, SmallIntegersAreWidenedWithTheirSign) {
  EXPECT_EQ(all_of("i8", {"-1", "-2"}), (Texts{"-3", "-2", "-1", "-1.5"}));
  EXPECT_EQ(all_of("u8", {"255", "254"}), (Texts{"509", "254", "255", "254.5"}));
  EXPECT_EQ(all_of("be16", {"256", "1"}), (Texts{"257", "1", "256", "128.5"}));
}

TEST(Aggregates, AveragesDoNotOverflow) {
  EXPECT_EQ(aggregated(Aggregate::avg, "u64", {"18446744073709551614", "18446744073709551614"}),
            aggregated(Aggregate::avg, "u64", {"18446744073709551614"}));
  EXPECT_EQ(aggregated(Aggregate::avg, "i64", {"-9223372036854775808", "-9223372036854775808"}),
            aggregated(Aggregate::avg, "i64", {"-9223372036854775808"}));
}

TEST(Aggregates, OfFloats) {
  EXPECT_EQ(all_of("f32", {"0.5", "-2.25"}), (Texts{"-1.75", "-2.25", "0.5", "-0.875"}));
  for (const Literals& literals : {Literals{"nan", "1"}, Literals{"1", "nan"}, Literals{"1", "nan", "2"}}) {
    EXPECT_EQ(all_of("f64", literals), Texts(4, "\"nan\""));
  }
  EXPECT_EQ(all_of("f64", {"inf", "1"}), (Texts{"\"inf\"", "1", "\"inf\"", "\"inf\""}));
}

TEST(Aggregates, WhatIsNoNumberStaysPerCpu) {
  EXPECT_EQ(aggregated(Aggregate::max, "{name:char[4],n:u16,up:bool,from:ipv4}",
                       {R"({"name":"ab","n":1,"up":true,"from":"10.0.0.1"})",
                        R"({"name":"cd","n":2,"up":false,"from":"10.0.0.2"})"}),
            R"({"name":["ab","cd"],"n":2,"up":[true,false],"from":["10.0.0.1","10.0.0.2"]})");
}

TEST(Aggregates, OfArrays) {
  EXPECT_EQ(aggregated(Aggregate::sum, "{a:u8,hist:u32[3],in:{n:u64,s:comm}[2]}",
                       {R"({"a":1,"hist":[1,2,3],"in":[{"n":1,"s":"a"},{"n":2,"s":"b"}]})",
                        R"({"a":2,"hist":[10,20,30],"in":[{"n":10,"s":"c"},{"n":20,"s":"d"}]})"}),
            R"({"a":3,"hist":[11,22,33],"in":[{"n":11,"s":["a","c"]},{"n":22,"s":["b","d"]}]})");
}

// A union of a number and a name, bit-fields of both signs and an enumeration.
Layout odd_layout() {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = 12});
  builder.add({.kind = Kind::integer, .bit_offset = 3, .bit_size = 5, .offset = 0, .size = 1, .name = "u"});
  builder.add({.kind = Kind::integer,
               .is_signed = true,
               .bit_offset = 0,
               .bit_size = 3,
               .offset = 0,
               .size = 1,
               .name = "i"});
  const uint32_t choices = builder.choices({{"idle", 0}, {"busy", 1}});
  builder.add({.kind = Kind::enumeration, .offset = 4, .size = 4, .choices = choices, .name = "state"});
  builder.begin({.kind = Kind::one_of, .offset = 8, .size = 4});
  builder.add({.kind = Kind::integer, .size = 4, .name = "n"});
  builder.add({.kind = Kind::text, .size = 4, .name = "s"});
  builder.end();
  builder.end();
  return builder.finish();
}

TEST(Aggregates, OfBitFieldsEnumerationsAndUnions) {
  EXPECT_EQ(
      aggregated(Aggregate::sum, odd_layout(),
                 {R"({"u":31,"i":-4,"state":"busy","s":"a"})", R"({"u":30,"i":-3,"state":"idle","s":"b"})"}),
      R"({"u":61,"i":-7,"state":["busy","idle"],"n":195,"s":["a","b"]})");
}

TEST(Aggregates, OfOneFieldWhereItStands) {
  const Layout value = declare_layout("{a:u16,b:u16}", "value");
  const Shape shape = shape_of(Layout::bytes(1), value, 2);
  const FieldPlace place = find_field(value, "b", "value");
  const Aggregation sum(Aggregate::sum, value.part(place.index), shape, place.offset);
  std::vector<std::byte> out(8);
  sum.run(row_of(shape, value, {R"({"a":1,"b":20})", R"({"a":2,"b":30})"}).data(), out.data());
  EXPECT_EQ(format_value(sum.layout(), {}, out), "50");
}

TEST(Aggregates, OfEveryIntegerAreThoseOfItsValues) {
  std::mt19937_64 random(5);
  for (const size_t size : {1, 2, 4, 8}) {
    for (const bool is_signed : {false, true}) {
      const Layout value = Layout::integer(size, is_signed);
      const Shape shape = shape_of(Layout::bytes(1), value, 5);
      std::vector<std::byte> row(shape.row_size());
      for (std::byte& byte : row) byte = static_cast<std::byte>(random());
      uint64_t sum = 0;
      for (size_t slot = 0; slot < 5; ++slot)
        sum += load_integer(value.root(), row.data() + slot * shape.stride());
      uint64_t made = 0;
      Aggregation(Aggregate::sum, value, shape).run(row.data(), reinterpret_cast<std::byte*>(&made));
      EXPECT_EQ(made, sum) << value.name();
    }
  }
}

TEST(Aggregates, OfABatch) {
  const Layout value = Layout::integer(4, false);
  const Shape shape = shape_of(Layout::bytes(1), value, 2);
  Batch batch;
  add(batch, {std::byte{0}}, row_of(shape, value, {"1", "2"}));
  add(batch, {std::byte{1}}, row_of(shape, value, {"30", "40"}));
  Aggregation(Aggregate::sum, value, shape).run(batch);
  Shape made = shape;
  made.aggregate_size = 8;
  EXPECT_EQ(format_value(Layout::integer(8, false), {}, batch.aggregate(made, 0)), "3");
  EXPECT_EQ(format_value(Layout::integer(8, false), {}, batch.aggregate(made, 1)), "70");
}

TEST(Aggregates, NeedANumber) {
  for (const Layout& value : {Layout::bytes(8), declare_layout("{name:char[4],up:bool}", "value")}) {
    try {
      Aggregation(Aggregate::avg, value, shape_of(Layout::bytes(1), value, 2));
      ADD_FAILURE() << value.name();
    } catch (const Error& error) {
      EXPECT_EQ(error.problem(), Problem::bad_data);
      EXPECT_NE(std::string(error.what()).find("avg"), std::string::npos) << error.what();
      EXPECT_NE(error.hint.find("--value-type"), std::string::npos) << error.hint;
    }
  }
}

TEST(Aggregates, HaveNames) {
  for (const Aggregate how : kAll) EXPECT_EQ(aggregate_by_name(aggregate_name(how)), how);
  EXPECT_EQ(aggregate_by_name("mean"), std::nullopt);
}

}  // namespace
}  // namespace percpumap::test
