#include <gtest/gtest.h>

#include <limits>

#include "output/json_writer.h"
#include "unit/output_fixture.h"

namespace percpumap {
namespace {

template <typename Write>
std::string written(JsonWriter::Style style, Write write) {
  Capture capture;
  JsonWriter json(capture.sink(), style);
  write(json);
  return capture.text();
}

std::string as_json(std::string_view text) {
  return written(JsonWriter::Style::compact, [&](JsonWriter& json) { json.string(text); });
}

template <typename Number>
std::string number_as_json(Number value) {
  return written(JsonWriter::Style::compact, [&](JsonWriter& json) { json.number(value); });
}

void write_nested(JsonWriter& json) {
  json.begin_object();
  json.key("none");
  json.begin_array();
  json.end_array();
  json.key("empty");
  json.begin_object();
  json.end_object();
  json.key("two");
  json.begin_array();
  json.boolean(true);
  json.begin_object();
  json.key("raw");
  json.raw("[1]");
  json.end_object();
  json.end_array();
  json.key("last");
  json.number(uint64_t{7});
  json.end_object();
}

TEST(JsonWriter, CompactHasNoWhiteSpace) {
  EXPECT_EQ(written(JsonWriter::Style::compact, write_nested),
            R"({"none":[],"empty":{},"two":[true,{"raw":[1]}],"last":7})");
}

TEST(JsonWriter, PrettyIndentsByTwo) {
  EXPECT_EQ(written(JsonWriter::Style::pretty, write_nested), R"({
  "none": [],
  "empty": {},
  "two": [
    true,
    {
      "raw": [1]
    }
  ],
  "last": 7
})");
}

TEST(JsonWriter, NewlineStartsAnotherDocument) {
  EXPECT_EQ(written(JsonWriter::Style::compact,
                    [](JsonWriter& json) {
                      for (const bool value : {true, false}) {
                        json.begin_array();
                        json.boolean(value);
                        json.end_array();
                        json.newline();
                      }
                    }),
            "[true]\n[false]\n");
}

TEST(JsonWriter, EscapesQuotesAndControls) {
  EXPECT_EQ(as_json(R"(a"b\c)"), R"("a\"b\\c")");
  EXPECT_EQ(as_json("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(as_json(std::string_view("\0\x1b[2J\x7f", 6)), R"("\u0000\u001b[2J\u007f")");
  EXPECT_EQ(as_json("\xc2\x9b"), R"("\u009b")") << "CSI, which a terminal obeys";
}

TEST(JsonWriter, EscapesKeysAsWell) {
  EXPECT_EQ(written(JsonWriter::Style::compact,
                    [](JsonWriter& json) {
                      json.begin_object();
                      json.key("\"\n");
                      json.boolean(false);
                      json.end_object();
                    }),
            R"({"\"\n":false})");
}

TEST(JsonWriter, KeepsUtf8) {
  EXPECT_EQ(as_json("\u00e9\u20ac\U0001f600"), "\"\u00e9\u20ac\U0001f600\"");
}

TEST(JsonWriter, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(as_json("a\xff"), R"("a\u00ff")");
  EXPECT_EQ(as_json("\xe2\x82"), R"("\u00e2\u0082")") << "cut short";
  EXPECT_EQ(as_json("\xc0\xaf"), R"("\u00c0\u00af")") << "overlong";
  EXPECT_EQ(as_json("\xe0\x80\xaf"), R"("\u00e0\u0080\u00af")") << "overlong";
  EXPECT_EQ(as_json("\xed\xa0\x80"), R"("\u00ed\u00a0\u0080")") << "surrogate";
  EXPECT_EQ(as_json("\xf4\x90\x80\x80"), R"("\u00f4\u0090\u0080\u0080")") << "beyond U+10FFFF";
}

TEST(JsonWriter, NumbersKeepAllDigits) {
  EXPECT_EQ(number_as_json(std::numeric_limits<uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(number_as_json(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(number_as_json(0.1), "0.1");
  EXPECT_EQ(number_as_json(1.0), "1");
}

TEST(JsonWriter, WhatIsNoJsonNumberIsAString) {
  EXPECT_EQ(number_as_json(std::numeric_limits<double>::quiet_NaN()), "\"nan\"");
  EXPECT_EQ(number_as_json(-std::numeric_limits<double>::infinity()), "\"-inf\"");
}

}  // namespace
}  // namespace percpumap
