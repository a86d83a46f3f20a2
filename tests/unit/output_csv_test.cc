// CSV of typed maps.
#include <gtest/gtest.h>

#include "output/csv.h"
#include "types/declare.h"
#include "unit/output_fixture.h"

namespace percpumap {
namespace {

Table typed_table(std::string_view key, std::string_view value) {
  return table_of(declare_layout(key, "key"), declare_layout(value, "value"), "0,2");
}

TEST(CsvCell, IsQuotedWhereItHasTo) {
  EXPECT_EQ(csv_cell(""), "");
  EXPECT_EQ(csv_cell("a b"), "a b");
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("a\rb"), "\"a\rb\"");
  EXPECT_EQ(csv_cell("\""), "\"\"\"\"");
  EXPECT_EQ(csv_cell("\"a\"\"b\n"), "\"\"\"a\"\"\"\"b\n\"");
}

TEST(CsvPrinter, HasAColumnForEachField) {
  EXPECT_EQ(print(Format::csv, typed_table("{saddr:ipv4,dport:be16,vlan:u16}", "{packets:u64,bytes:u64}"),
                  {{.key = "0a00000101bb0000", .values = {u64s({5, 640}), u64s({7, 1200})}}}),
            "key.saddr,key.dport,key.vlan,cpu,value.packets,value.bytes\r\n"
            "10.0.0.1,443,0,0,5,640\r\n"
            "10.0.0.1,443,0,2,7,1200\r\n");
}

TEST(CsvPrinter, AggregatesHaveColumnsForTheirFields) {
  Table table = typed_table("u32", "{packets:u64,bytes:u64}");
  add_sum(table);
  const Entry entry{
      .key = "07000000", .values = {u64s({5, 640}), u64s({7, 1200})}, .aggregate = u64s({12, 1840})};
  EXPECT_EQ(print(Format::csv, table, {entry}),
            "key,cpu,value.packets,value.bytes,sum.packets,sum.bytes\r\n"
            "7,0,5,640,12,1840\r\n"
            "7,2,7,1200,12,1840\r\n");
  table.per_cpu = false;
  EXPECT_EQ(print(Format::csv, table, {entry}), "key,sum.packets,sum.bytes\r\n7,12,1840\r\n");
}

TEST(CsvPrinter, ArraysAreCellsOfJson) {
  EXPECT_EQ(
      print(Format::csv, typed_table("u16[2]", "{one:u64[1],text:char[1][8]}"),
            {{.key = "01000200", .values = {u64s({1, 0x0000000000000061}), u64s({2, 0x0000000000000063})}}}),
      "key,cpu,value.one,value.text,raw_value\r\n"
      "\"[1,2]\",0,[1],\"[\"\"a\"\"]\",\r\n"
      "\"[1,2]\",2,[2],\"[\"\"c\"\"]\",\r\n");
}

TEST(CsvPrinter, TextIsQuotedWhereItHasTo) {
  EXPECT_EQ(print(Format::csv, typed_table("char[8]", "char[8]"),
                  {{.key = "61626300000000ff", .values = {"612c620000000000", "6122620000000000"}},
                   {.key = "0000000000000000", .values = {"0d0a1b0000000000", "ff00000000000000"}}}),
            "key,cpu,value,raw_key,raw_value\r\n"
            "abc,0,\"a,b\",61626300000000ff,\r\n"
            "abc,2,\"a\\\"\"b\",61626300000000ff,\r\n"
            ",0,\\r\\n\\u001b,,\r\n"
            ",2,\\u00ff,,ff00000000000000\r\n");
}

TEST(CsvPrinter, PaddingNeedsRawColumns) {
  EXPECT_EQ(print(Format::csv, typed_table("{a:u8,b:u32}", "u64"),
                  {{.key = "0100000002000000", .values = {u64s({1}), u64s({2})}},
                   {.key = "0100ff0002000000", .values = {u64s({1}), u64s({2})}}}),
            "key.a,key.b,cpu,value,raw_key\r\n"
            "1,2,0,1,\r\n"
            "1,2,2,2,\r\n"
            "1,2,0,1,0100ff0002000000\r\n"
            "1,2,2,2,0100ff0002000000\r\n");
}

TEST(CsvPrinter, TitlesAreQuotedWhereTheyHaveTo) {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = 8});
  builder.add({.kind = Kind::integer, .size = 8, .name = "a,\"\x1b[1m"});
  builder.end();
  EXPECT_EQ(print(Format::csv, table_of(Layout::integer(1, false), builder.finish(), "0"), {}),
            "key,cpu,\"value.a,\\\"\"\\u001b[1m\"\r\n");
}

}  // namespace
}  // namespace percpumap
