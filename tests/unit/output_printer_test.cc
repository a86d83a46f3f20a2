// One small map beside its output in every format that machines read.
#include <gtest/gtest.h>

#include "output/printer.h"
#include "unit/output_fixture.h"

namespace percpumap {
namespace {

// CPU 1 is not possible on this machine.
const char kCpus[] = "0,2";

Table hex_table() {
  return table_of(Layout::bytes(4), Layout::bytes(5), kCpus);
}

const std::vector<Entry> kHexEntries = {
    {.key = "0a000001", .values = {"0500000000", "00000000ff"}},
    {.key = "0a000002", .values = {"0000000000", "0102030405"}},
};

Table number_table() {
  Table table = table_of(Layout::integer(2, false), Layout::integer(8, true), kCpus);
  add_sum(table);
  return table;
}

const std::vector<Entry> kNumberEntry = {
    {.key = "0101", .values = {"0300000000000000", "fbffffffffffffff"}, .aggregate = "feffffffffffffff"}};

Table sum_only_table() {
  Table table = number_table();
  table.per_cpu = false;
  return table;
}

TEST(JsonPrinter, WritesOneArray) {
  EXPECT_EQ(print(Format::json, hex_table(), kHexEntries),
            R"([{"key":"0a000001","values":[{"cpu":0,"value":"0500000000"},{"cpu":2,"value":"00000000ff"}]},)"
            R"({"key":"0a000002","values":[{"cpu":0,"value":"0000000000"},{"cpu":2,"value":"0102030405"}]}])"
            "\n");
}

TEST(JsonPrinter, EmptyMapIsAnEmptyArray) {
  EXPECT_EQ(print(Format::json, hex_table(), {}), "[]\n");
  EXPECT_EQ(print(Format::pretty, hex_table(), {}), "[]\n");
  EXPECT_EQ(print(Format::ndjson, hex_table(), {}), "");
}

TEST(JsonPrinter, ClosesAnIncompleteDocument) {
  EXPECT_EQ(print(Format::json, sum_only_table(), kNumberEntry, false), "[{\"key\":257,\"sum\":-2}]\n");
}

TEST(JsonPrinter, JoinsBatches) {
  EXPECT_EQ(print_batches(Format::json, sum_only_table(), {{}, kNumberEntry, kNumberEntry}),
            "[{\"key\":257,\"sum\":-2},{\"key\":257,\"sum\":-2}]\n");
}

TEST(Document, TakesRowsThatWereMadeElsewhere) {
  const Table table = sum_only_table();
  const auto printer = make_printer(Format::json, table);
  const Batch batch = batch_of(table.shape, kNumberEntry);
  Capture capture;
  Document document(*printer, capture.sink());
  document.begin(batch);
  for (int block = 0; block < 2; ++block) {
    Text text;
    printer->rows(batch, 0, 1, text);
    document.rows(text.view(), 1);
  }
  document.end(true);
  EXPECT_EQ(capture.text(), "[{\"key\":257,\"sum\":-2},{\"key\":257,\"sum\":-2}]\n");
}

TEST(JsonPrinter, NumbersAndTheirSum) {
  EXPECT_EQ(print(Format::ndjson, number_table(), kNumberEntry),
            R"({"key":257,"values":[{"cpu":0,"value":3},{"cpu":2,"value":-5}],"sum":-2})"
            "\n");
}

TEST(JsonPrinter, Every64BitFieldCanBeAString) {
  Table table = number_table();
  table.u64_strings = true;
  EXPECT_EQ(print(Format::ndjson, table, kNumberEntry),
            R"({"key":257,"values":[{"cpu":0,"value":"3"},{"cpu":2,"value":"-5"}],"sum":"-2"})"
            "\n");
}

TEST(JsonPrinter, SingleEntryIsAnObject) {
  Table table = number_table();
  table.single = true;
  const std::string line = R"({"key":257,"values":[{"cpu":0,"value":3},{"cpu":2,"value":-5}],"sum":-2})";
  EXPECT_EQ(print(Format::json, table, kNumberEntry), line + "\n");
  EXPECT_EQ(print(Format::ndjson, table, kNumberEntry), line + "\n");
}

TEST(JsonPrinter, PrettyIndentsByTwo) {
  EXPECT_EQ(print(Format::pretty, number_table(), kNumberEntry), R"([
  {
    "key": 257,
    "values": [
      {
        "cpu": 0,
        "value": 3
      },
      {
        "cpu": 2,
        "value": -5
      }
    ],
    "sum": -2
  }
]
)");
}

// {name:char[4],count:u16 at 6}: two bytes of padding.
Layout named_counter() {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = 8});
  builder.add({.kind = Kind::text, .size = 4, .name = "name"});
  builder.add({.kind = Kind::integer, .offset = 6, .size = 2, .name = "count"});
  builder.end();
  return builder.finish();
}

const std::vector<Entry> kNamed = {
    {.key = "0101", .values = {"6162000000000700", "0000000000000000"}},   // "ab", 7
    {.key = "0102", .values = {"6162006300000700", "0000000000000000"}},   // a character behind the NUL
    {.key = "0103", .values = {"6162000000000700", "0000000001000000"}}};  // padding

TEST(JsonPrinter, StructuresAreObjects) {
  const Table table = table_of(Layout::integer(2, false), named_counter(), kCpus);
  EXPECT_EQ(print(Format::ndjson, table, {kNamed[0]}),
            R"({"key":257,"values":[{"cpu":0,"value":{"name":"ab","count":7}},)"
            R"({"cpu":2,"value":{"name":"","count":0}}]})"
            "\n");
}

TEST(JsonPrinter, RawStandsWhereTheTextAloneCannotCarryTheBytes) {
  const Table table = table_of(Layout::integer(2, false), named_counter(), kCpus);
  const std::string text = R"("values":[{"cpu":0,"value":{"name":"ab","count":7}},)"
                           R"({"cpu":2,"value":{"name":"","count":0}}])";
  EXPECT_EQ(print(Format::json, table, kNamed),
            R"([{"key":257,)" + text + R"(},{"key":513,)" + text +
                R"(,"raw":{"key":"0102","values":["6162006300000700","0000000000000000"]}},{"key":769,)" +
                text +
                R"(,"raw":{"key":"0103","values":["6162000000000700","0000000001000000"]}}])"
                "\n");
}

TEST(JsonPrinter, RawIsIndentedToo) {
  Table table = table_of(named_counter(), Layout::integer(1, false), "0");
  table.single = true;
  EXPECT_EQ(print(Format::pretty, table, {{.key = "ff00000000000100", .values = {"05"}}}), R"({
  "key": {
    "name": "\u00ff",
    "count": 1
  },
  "values": [
    {
      "cpu": 0,
      "value": 5
    }
  ],
  "raw": {
    "key": "ff00000000000100",
    "values": [
      "05"
    ]
  }
}
)");
}

TEST(NdjsonPrinter, WritesAnObjectALine) {
  EXPECT_EQ(print(Format::ndjson, sum_only_table(), {kNumberEntry[0], kNumberEntry[0]}),
            "{\"key\":257,\"sum\":-2}\n{\"key\":257,\"sum\":-2}\n");
}

TEST(CsvPrinter, WritesALineForEachCpu) {
  EXPECT_EQ(print(Format::csv, hex_table(), kHexEntries),
            "key,cpu,value\r\n"
            "0a000001,0,0500000000\r\n"
            "0a000001,2,00000000ff\r\n"
            "0a000002,0,0000000000\r\n"
            "0a000002,2,0102030405\r\n");
}

TEST(CsvPrinter, RepeatsTheSum) {
  EXPECT_EQ(print(Format::csv, number_table(), kNumberEntry),
            "key,cpu,value,sum\r\n"
            "257,0,3,-2\r\n"
            "257,2,-5,-2\r\n");
}

TEST(CsvPrinter, SumAlone) {
  EXPECT_EQ(print(Format::csv, sum_only_table(), kNumberEntry), "key,sum\r\n257,-2\r\n");
}

TEST(CsvPrinter, EmptyMapIsAHeader) {
  EXPECT_EQ(print(Format::csv, hex_table(), {}), "key,cpu,value\r\n");
}

TEST(Format, NamesLeadBackToTheFormat) {
  for (const Format format : {Format::table, Format::json, Format::pretty, Format::ndjson, Format::csv,
                              Format::bpftool, Format::bpftool_json}) {
    EXPECT_EQ(format_by_name(format_name(format)), format) << format_name(format);
  }
  EXPECT_EQ(format_by_name("bpftool-json"), Format::bpftool_json);
  EXPECT_EQ(format_by_name("JSON"), std::nullopt);
  EXPECT_EQ(format_by_name(""), std::nullopt);
}

}  // namespace
}  // namespace percpumap
