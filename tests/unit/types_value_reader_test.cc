#include <gtest/gtest.h>

#include "base/error.h"
#include "types/format.h"
#include "types/parse.h"
#include "types/value_reader.h"

namespace percpumap {
namespace {

Field integer(std::string name, uint32_t offset, uint32_t size) {
  return {.kind = Kind::integer, .offset = offset, .size = size, .name = std::move(name)};
}

// {proto:u8,inner:{dport:u16},hist:u8[3]} of 8 bytes, padding at 1, dport at 2.
Layout nested() {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = 8});
  builder.add(integer("proto", 0, 1));
  builder.begin({.kind = Kind::structure, .offset = 2, .size = 2, .name = "inner"});
  builder.add(integer("dport", 0, 2));
  builder.end();
  builder.begin({.kind = Kind::array, .offset = 4, .size = 3, .count = 3, .name = "hist"});
  builder.add(integer("", 0, 1));
  builder.end();
  builder.end();
  return builder.finish();
}

// A union without a name within a structure: whole:u32, or {low:u16,high:u16}, and tag:u8.
Layout with_union() {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = 8});
  builder.begin({.kind = Kind::one_of, .size = 4});
  builder.add(integer("whole", 0, 4));
  builder.begin({.kind = Kind::structure, .size = 4});
  builder.add(integer("low", 0, 2));
  builder.add(integer("high", 2, 2));
  builder.end();
  builder.end();
  builder.add(integer("tag", 4, 1));
  builder.end();
  return builder.finish();
}

// Two flags of one bit each and a field of six, in one byte that `all` shares with them.
Layout bits() {
  const auto field = [](std::string name, uint8_t offset, uint8_t size) {
    return Field{
        .kind = Kind::integer, .bit_offset = offset, .bit_size = size, .size = 1, .name = std::move(name)};
  };
  LayoutBuilder builder;
  builder.begin({.kind = Kind::one_of, .size = 1});
  builder.begin({.kind = Kind::structure, .size = 1});
  builder.add(field("a", 0, 1));
  builder.add(field("b", 1, 1));
  builder.add(field("rest", 2, 6));
  builder.end();
  builder.add(integer("all", 0, 1));
  builder.end();
  return builder.finish();
}

std::string message_of(const Error& error) {
  EXPECT_EQ(error.problem(), Problem::bad_data);
  return error.what() + (error.hint.empty() ? "" : " [" + error.hint + "]");
}

// The bytes as hexadecimal digits, or the message and the hint.
std::string read(const std::string& text, const Layout& layout) {
  std::vector<std::byte> out(layout.size(), std::byte{0xee});
  JsonReader json(text, "the key");
  ValueReader reader(layout, WideNumbers::numbers);
  try {
    reader.read_json(json, "key", out);
    json.end();
    return to_hex(out);
  } catch (const Error& error) {
    return message_of(error);
  }
}

TEST(ValueReader, ReadsMembersInAnyOrderAndZeroesPadding) {
  EXPECT_EQ(read(R"({"proto":6,"inner":{"dport":258},"hist":[1,2,3]})", nested()), "0600020101020300");
  EXPECT_EQ(read(R"({ "hist" : [1,2,3], "inner" : {"dport":258}, "proto":6 })", nested()),
            "0600020101020300");
}

TEST(ValueReader, WrongFieldsAreNamedByTheirPath) {
  EXPECT_EQ(read(R"({"proto":6,"inner":{"dport":65536},"hist":[1,2,3]})", nested()),
            "key.inner.dport: 65536 is out of range 0..65535 of u16");
  EXPECT_EQ(read(R"({"proto":6,"inner":{"dport":1},"hist":[1,2,300]})", nested()),
            "key.hist[2]: 300 is out of range 0..255 of u8");
}

TEST(ValueReader, MissingMembersAreNamed) {
  EXPECT_EQ(read(R"({"proto":6,"inner":{},"hist":[1,2,3]})", nested()), "key.inner.dport: missing");
  EXPECT_EQ(read("{}", nested()), "key.proto: missing");
}

TEST(ValueReader, UnknownMembersAreNamedWithWhatIsNear) {
  EXPECT_EQ(read(R"({"proto":6,"inner":{"dprot":1}})", nested()),
            "key.inner.dprot: there is no such member [did you mean dport?]");
  EXPECT_EQ(read(R"({"something":1})", nested()),
            "key.something: there is no such member [there are {proto:u8,inner:{dport:u16},hist:u8[3]}]");
}

TEST(ValueReader, DoubledMembersAreNamed) {
  EXPECT_EQ(read(R"({"proto":6,"inner":{"dport":1,"dport":1}})", nested()), "key.inner.dport: given twice");
}

TEST(ValueReader, WrongArrayLengthNamesBoth) {
  EXPECT_EQ(read(R"({"proto":6,"inner":{"dport":1},"hist":[1,2]})", nested()),
            "key.hist: expected 3 elements, got 2");
  EXPECT_EQ(read(R"({"proto":6,"inner":{"dport":1},"hist":[1,2,3,{"x":4}]})", nested()),
            "key.hist: expected 3 elements, got 4");
}

TEST(ValueReader, WrongKindsAreNamed) {
  EXPECT_EQ(read("5", nested()),
            "key: expected an object ({proto:u8,inner:{dport:u16},hist:u8[3]}), got number");
  EXPECT_EQ(read(R"({"hist":{}})", nested()), "key.hist: expected an array (u8[3]), got object");
}

TEST(ValueReader, OfAUnionOneMemberIsEnough) {
  EXPECT_EQ(read(R"({"whole":513,"tag":7})", with_union()), "0102000007000000");
  EXPECT_EQ(read(R"({"low":513,"high":1,"tag":7})", with_union()), "0102010007000000");
}

TEST(ValueReader, OfAUnionWithoutAnyMemberTheFirstIsMissing) {
  EXPECT_EQ(read(R"({"tag":7})", with_union()), "key.whole: missing");
}

TEST(ValueReader, OfAUnionNoMemberIsHalf) {
  EXPECT_EQ(read(R"({"whole":513,"low":513,"tag":7})", with_union()), "key.high: missing");
  EXPECT_EQ(read(R"({"low":513,"tag":7})", with_union()), "key.high: missing");
}

TEST(ValueReader, UnionMembersHaveToAgree) {
  EXPECT_EQ(read(R"({"whole":66049,"low":513,"high":1,"tag":7})", with_union()), "0102010007000000");
  EXPECT_EQ(
      read(R"({"whole":66049,"low":513,"high":2,"tag":7})", with_union()),
      "key.high: it does not agree with the members that share its bytes [one member of a union is enough]");
}

TEST(ValueReader, BitsThatUnionMembersShareHaveToAgree) {
  EXPECT_EQ(read(R"({"a":1,"b":0,"rest":3})", bits()), "0d");
  EXPECT_EQ(read(R"({"all":13,"a":1,"b":0,"rest":3})", bits()), "0d");
  EXPECT_EQ(read(R"({"all":13,"a":1,"b":1,"rest":3})", bits()).substr(0, 9), "key.b: it");
}

// What an element of an array was given says nothing about the next one.
TEST(ValueReader, ElementsAreLookedAtOneByOne) {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::array, .size = 4, .count = 2});
  builder.begin({.kind = Kind::structure, .size = 2});
  builder.add(integer("a", 0, 1));
  builder.add(integer("b", 1, 1));
  builder.end();
  builder.end();
  const Layout layout = builder.finish();
  EXPECT_EQ(read(R"([{"a":1,"b":2},{"b":4,"a":3}])", layout), "01020304");
  EXPECT_EQ(read(R"([{"a":1,"b":2},{"b":4}])", layout), "key[1].a: missing");
}

TEST(ValueReader, EmptyStructuresAndArraysAreRead) {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = 1});
  builder.begin({.kind = Kind::structure, .size = 0, .name = "nothing"});
  builder.end();
  builder.begin({.kind = Kind::array, .size = 0, .count = 0, .name = "none"});
  builder.add(integer("", 0, 1));
  builder.end();
  builder.add(integer("a", 0, 1));
  builder.end();
  const Layout layout = builder.finish();
  const std::vector<std::byte> value = {std::byte{5}};
  const std::string text = format_value(layout, {}, value);
  EXPECT_EQ(text, R"({"nothing":{},"none":[],"a":5})");
  EXPECT_EQ(read(text, layout), "05");
}

// The cells of one value, in the order of column_fields().
std::string read_cells(const Layout& layout, const std::vector<std::string>& cells) {
  std::vector<std::byte> out(layout.size(), std::byte{0xee});
  ValueReader reader(layout, WideNumbers::numbers);
  try {
    reader.start("value", out);
    const auto columns = column_fields(layout);
    for (size_t i = 0; i < columns.size(); ++i) reader.read_cell(columns[i], cells[i]);
    return to_hex(out);
  } catch (const Error& error) {
    return message_of(error);
  }
}

TEST(ValueReader, CellsAreFieldsByTheirPath) {
  EXPECT_EQ(read_cells(nested(), {"6", "258", "[1,2,3]"}), "0600020101020300");
  EXPECT_EQ(
      read_cells(nested(), {"6", "x", "[1,2,3]"}),
      "value.inner.dport: \"x\" is not a number (u16) [write it in decimal, or in hexadecimal with 0x]");
  EXPECT_EQ(read_cells(nested(), {"6", "1", "[1,2]"}), "value.hist: expected 3 elements, got 2");
  EXPECT_EQ(read_cells(with_union(), {"66049", "513", "2", "7"}).substr(0, 14), "value.high: it");
}

TEST(ValueReader, CellsHaveTheEscapesOfJson) {
  LayoutBuilder builder;
  builder.add({.kind = Kind::text, .size = 4});
  const Layout text = builder.finish();
  EXPECT_EQ(read_cells(text, {"a b"}), "61206200");
  EXPECT_EQ(read_cells(text, {"a\\n\\\""}), "610a2200");
  EXPECT_EQ(read_cells(text, {"\"a\""}), "22612200");
  EXPECT_EQ(read_cells(text, {"a\\q"}), "not JSON near character 4 of the cell");
}

TEST(ValueReader, MissingColumnsAreFound) {
  const auto missing = [](const Layout& layout, std::vector<size_t> given) {
    return ValueReader(layout, WideNumbers::numbers).missing_column(given);
  };
  // 0 root, 1 union, 2 whole, 3 struct, 4 low, 5 high, 6 tag
  EXPECT_EQ(missing(with_union(), {2, 6}), std::nullopt);
  EXPECT_EQ(missing(with_union(), {4, 5, 6}), std::nullopt);
  EXPECT_EQ(missing(with_union(), {2, 4, 6}), 5U);
  EXPECT_EQ(missing(with_union(), {6}), 2U);
  EXPECT_EQ(missing(with_union(), {2}), 6U);
  EXPECT_EQ(missing(Layout::bytes(4), {}), 0U);
  EXPECT_EQ(missing(Layout::bytes(4), {0}), std::nullopt);
}

TEST(ParseData, WhatIsNoSingleFieldIsJson) {
  const auto word = [](const std::string& text, const Layout& layout) {
    std::vector<std::byte> out(layout.size());
    try {
      parse_data({&text, 1}, layout, "key", out);
      return to_hex(out);
    } catch (const Error& error) {
      return message_of(error);
    }
  };
  EXPECT_EQ(word(R"({"proto":6,"inner":{"dport":258},"hist":[1,2,3]})", nested()), "0600020101020300");
  EXPECT_EQ(
      word("10.0.0.1", nested()),
      "key: expected a JSON object ({proto:u8,inner:{dport:u16},hist:u8[3]}), got \"10.0.0.1\" [write it "
      R"(like '{"proto":0,"inner":{"dport":0},"hist":[0,0,0]}'])");
  EXPECT_EQ(word(R"({"proto":6)", nested()), "not JSON: the key ends too early");
}

}  // namespace
}  // namespace percpumap
