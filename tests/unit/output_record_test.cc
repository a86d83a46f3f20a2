#include <gtest/gtest.h>

#include "base/error.h"
#include "output/record.h"
#include "unit/output_fixture.h"

namespace percpumap {
namespace {

std::string one(Format format, const Record& record) {
  Capture capture;
  print_record(capture.sink(), format, record);
  return capture.text();
}

std::string many(Format format, const std::vector<Record>& records) {
  Capture capture;
  print_records(capture.sink(), format, records);
  return capture.text();
}

Record stats() {
  return {{"id", uint64_t{7}},
          {"name", "packets"},
          {"fill", 0.25},
          {"bytes_memlock", uint64_t{1280}, "1.2 KiB"},
          {"flags", uint64_t{1}, "", true},
          {"flag_names", std::vector<std::string>{"no_prealloc", "zero_seed"}},
          {"complete", true},
          {"cpus", std::vector<Record>{{{"cpu", uint64_t{0}}, {"total", int64_t{-5}}},
                                       {{"cpu", uint64_t{10}}, {"total", int64_t{12}}}}},
          {"btf", Record{{"id", uint64_t{3}}}}};
}

std::vector<Record> list() {
  return {{{"id", uint64_t{7}}, {"name", "packets"}, {"entries", uint64_t{100}}},
          {{"id", uint64_t{12}}, {"name", ""}, {"pinned", std::vector<std::string>{"/a", "/b"}}}};
}

TEST(Record, TableOfOneIsALineForEachField) {
  EXPECT_EQ(one(Format::table, stats()),
            "id             7\n"
            "name           packets\n"
            "fill           0.25\n"
            "bytes_memlock  1.2 KiB\n"
            "flag_names     no_prealloc,zero_seed\n"
            "complete       true\n"
            "\n"
            "cpus:\n"
            "  CPU  TOTAL\n"
            "    0     -5\n"
            "   10     12\n"
            "\n"
            "btf:\n"
            "  id  3\n");
}

TEST(Record, JsonOfOneIsAnObject) {
  const std::string line = R"({"id":7,"name":"packets","fill":0.25,"bytes_memlock":1280,"flags":1,)"
                           R"("flag_names":["no_prealloc","zero_seed"],"complete":true,)"
                           R"("cpus":[{"cpu":0,"total":-5},{"cpu":10,"total":12}],"btf":{"id":3}})"
                           "\n";
  EXPECT_EQ(one(Format::json, stats()), line);
  EXPECT_EQ(one(Format::ndjson, stats()), line);
}

TEST(Record, PrettyIsIndented) {
  EXPECT_EQ(one(Format::pretty, {{"deleted", uint64_t{2}}}), "{\n  \"deleted\": 2\n}\n");
}

TEST(Record, CsvLeavesNestedRecordsOut) {
  EXPECT_EQ(one(Format::csv, stats()),
            "id,name,fill,bytes_memlock,flags,flag_names,complete\r\n"
            "7,packets,0.25,1280,1,no_prealloc;zero_seed,true\r\n");
}

TEST(Record, CsvQuotesWhatNeedsQuotes) {
  EXPECT_EQ(one(Format::csv, {{"a", "x,y"}, {"b", "say \"no\""}, {"c", "two\nlines"}, {"d", "plain"}}),
            "a,b,c,d\r\n\"x,y\",\"say \"\"no\"\"\",\"two\nlines\",plain\r\n");
}

TEST(Records, TableHasAColumnForEachField) {
  EXPECT_EQ(many(Format::table, list()),
            "ID  NAME     ENTRIES  PINNED\n"
            " 7  packets      100  -\n"
            "12  -              -  /a,/b\n");
}

TEST(Records, JsonIsAnArray) {
  EXPECT_EQ(many(Format::json, list()),
            R"([{"id":7,"name":"packets","entries":100},{"id":12,"name":"","pinned":["/a","/b"]}])"
            "\n");
}

TEST(Records, NdjsonIsALineEach) {
  EXPECT_EQ(many(Format::ndjson, list()), R"({"id":7,"name":"packets","entries":100})"
                                          "\n"
                                          R"({"id":12,"name":"","pinned":["/a","/b"]})"
                                          "\n");
}

TEST(Records, CsvHasTheUnionOfFields) {
  EXPECT_EQ(many(Format::csv, list()), "id,name,entries,pinned\r\n7,packets,100,\r\n12,,,/a;/b\r\n");
}

TEST(Records, None) {
  EXPECT_EQ(many(Format::table, {}), "");
  EXPECT_EQ(many(Format::json, {}), "[]\n");
  EXPECT_EQ(many(Format::ndjson, {}), "");
  EXPECT_EQ(many(Format::csv, {}), "");
}

TEST(Records, TablesSendNoControlCharactersToTheTerminal) {
  EXPECT_EQ(one(Format::table, {{"path", "a\n\t\r\x1b[31m\x7f"}, {"c1", "\xc2\x9b"}, {"byte", "\x9b"}}),
            "path  a\\n\\t\\r\\x1b[31m\\x7f\n"
            "c1    \\xc2\\x9b\n"
            "byte  \\x9b\n");
}

TEST(Records, TablesCountCharactersNotBytes) {
  EXPECT_EQ(many(Format::table,
                 {{{"name", "caf\u00e9"}, {"id", uint64_t{1}}}, {{"name", "cafe"}, {"id", uint64_t{2}}}}),
            "NAME  ID\n"
            "caf\u00e9   1\n"
            "cafe   2\n");
}

TEST(Record, BpftoolFormatsAreForEntries) {
  for (const Format format : {Format::bpftool, Format::bpftool_json}) {
    try {
      one(format, stats());
      ADD_FAILURE() << "no Error";
    } catch (const Error& error) {
      EXPECT_EQ(error.problem(), Problem::usage);
      EXPECT_EQ(error.what(), "format " + std::string(format_name(format)) + " is for entries");
    }
    EXPECT_THROW(many(format, {}), Error);
  }
}

}  // namespace
}  // namespace percpumap
