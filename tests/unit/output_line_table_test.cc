// Tables with a line for each entry: their forms, by what finds room.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "map/stages.h"
#include "output/utf8.h"
#include "types/declare.h"
#include "unit/output_fixture.h"

namespace percpumap {
namespace {

constexpr std::string_view kFlow = "{saddr:ipv4,dport:be16,vlan:u16}";
constexpr std::string_view kPair = "{packets:u64,bytes:u64}";

Table typed_table(std::string_view key, std::string_view value, size_t cpus, size_t width) {
  const std::string list = cpus == 1 ? "0" : "0-" + std::to_string(cpus - 1);
  Table table = table_of(declare_layout(key, "key"), declare_layout(value, "value"), list);
  table.width = width;
  return table;
}

// Numbers that grow with entry and CPU; CPU 1 has the most.
std::vector<Entry> counters(const Table& table, const std::vector<std::string>& keys) {
  std::vector<Entry> entries;
  for (size_t i = 0; i < keys.size(); ++i) {
    Entry entry{.key = keys[i], .values = {}};
    for (const uint32_t cpu : table.shape.cpus.ids()) {
      std::vector<uint64_t> numbers;
      for (size_t at = 0; at < table.value.size(); at += 8) {
        numbers.push_back((i * 1000 + cpu) * (1 + 63 * at) + (cpu == 1 ? 9000 : 0));
      }
      entry.values.push_back(u64s(numbers));
    }
    entries.push_back(entry);
  }
  return entries;
}

std::string show_flows(const Table& table) {
  return print(Format::table, table,
               counters(table, {"0a00000101bb0000", "0a00000200350000", "c0a80afe1f900000"}));
}

std::string show_flows(std::string_view value, size_t cpus, size_t width) {
  return show_flows(typed_table(kFlow, value, cpus, width));
}

size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, display_width(line));
  return widest;
}

TEST(LineTable, HasAColumnForEachCpu) {
  const std::string expected =
      "SADDR           DPORT  VLAN  CPU0   CPU1\n"
      "10.0.0.1          443     0     0   9001\n"
      "10.0.0.2           53     0  1000  10001\n"
      "192.168.10.254   8080     0  2000  11001\n"
      "3 entries\n";
  for (const size_t width : {0, 80, 120}) EXPECT_EQ(show_flows("u64", 2, width), expected);
}

TEST(LineTable, HasColumnsForEachFieldOfTheValue) {
  const std::string expected =
      "                             PACKETS      BYTES\n"
      "SADDR           DPORT  VLAN  CPU0   CPU1     CPU0     CPU1\n"
      "10.0.0.1          443     0     0   9001        0     9505\n"
      "10.0.0.2           53     0  1000  10001   505000   514505\n"
      "192.168.10.254   8080     0  2000  11001  1010000  1019505\n"
      "3 entries\n";
  for (const size_t width : {0, 80, 120}) EXPECT_EQ(show_flows(kPair, 2, width), expected);
}

TEST(LineTable, EightCpusFindRoom) {
  const std::string expected =
      "SADDR           DPORT  VLAN  CPU0   CPU1  CPU2  CPU3  CPU4  CPU5  CPU6  CPU7\n"
      "10.0.0.1          443     0     0   9001     2     3     4     5     6     7\n"
      "10.0.0.2           53     0  1000  10001  1002  1003  1004  1005  1006  1007\n"
      "192.168.10.254   8080     0  2000  11001  2002  2003  2004  2005  2006  2007\n"
      "3 entries\n";
  for (const size_t width : {0, 80, 120}) EXPECT_EQ(show_flows("u64", 8, width), expected);
}

TEST(LineTable, EightCpusWithTwoFieldsDoNot) {
  const std::string expected =
      "                             PACKETS              BYTES\n"
      "SADDR           DPORT  VLAN    SUM  HOTTEST           SUM  HOTTEST\n"
      "10.0.0.1          443     0   9028  CPU 1  100 %    23140  CPU 1   41 %\n"
      "10.0.0.2           53     0  17028  CPU 1   59 %  4063140  CPU 1   13 %\n"
      "192.168.10.254   8080     0  25028  CPU 1   44 %  8103140  CPU 1   13 %\n"
      "3 entries\n"
      "(8 CPUs: --cpu LIST or --long shows the values of each)\n";
  for (const size_t width : {80, 120}) EXPECT_EQ(show_flows(kPair, 8, width), expected);
}

TEST(LineTable, SixtyFourCpusAreASumAndTheHottest) {
  const std::string expected =
      "SADDR           DPORT  VLAN     SUM  HOTTEST\n"
      "10.0.0.1          443     0   11016  CPU 1    82 %\n"
      "10.0.0.2           53     0   75016  CPU 1    13 %\n"
      "192.168.10.254   8080     0  139016  CPU 1     8 %\n"
      "3 entries\n"
      "(64 CPUs: --cpu LIST or --long shows the values of each)\n";
  for (const size_t width : {80, 120}) EXPECT_EQ(show_flows("u64", 64, width), expected);
}

TEST(LineTable, SixtyFourCpusOfEachField) {
  const std::string expected =
      "                             PACKETS                BYTES\n"
      "SADDR           DPORT  VLAN     SUM  HOTTEST             SUM  HOTTEST\n"
      "10.0.0.1          443     0   11016  CPU 1    82 %   1027080  CPU 63    3 %\n"
      "10.0.0.2           53     0   75016  CPU 1    13 %  33347080  CPU 63    2 %\n"
      "192.168.10.254   8080     0  139016  CPU 1     8 %  65667080  CPU 63    2 %\n"
      "3 entries\n"
      "(64 CPUs: --cpu LIST or --long shows the values of each)\n";
  for (const size_t width : {80, 120}) EXPECT_EQ(show_flows(kPair, 64, width), expected);
}

TEST(LineTable, PipesHaveRoomForEveryCpu) {
  const std::string text = show_flows(kPair, 64, 0);
  EXPECT_NE(text.find("  CPU63\n"), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 3 + 1);
}

TEST(LineTable, ManyFieldsAreTheirSums) {
  EXPECT_EQ(print(Format::table, typed_table("u32", "{a:u64,b:u64,c:u64,d:u64,e:u64}", 64, 60),
                  counters(typed_table("u32", "u64[5]", 64, 0), {"07000000"})),
            "         A        B        C        D        E\n"
            "KEY    SUM      SUM      SUM      SUM      SUM\n"
            "  7  11016  1027080  2043144  3059208  4075272\n"
            "1 entry\n"
            "(64 CPUs: --cpu LIST or --long shows the values of each)\n");
}

TEST(LineTable, NothingIsWiderThanTheTerminal) {
  for (const size_t width : {20, 40, 80}) {
    for (const size_t cpus : {1, 2, 8, 64}) {
      for (const auto value : {"u64", "{packets:u64,bytes:u64}", "{name:char[32],n:u64,list:u64[8]}"}) {
        for (const auto key : {"{saddr:ipv4,dport:be16,vlan:u16}", "hex[8]", "char[8]"}) {
          Table table = typed_table(key, value, cpus, width);
          for (const bool long_form : {false, true}) {
            table.long_form = long_form;
            const std::string text = show_flows(table);
            const std::string rows = text.substr(0, text.find("3 entries"));
            EXPECT_LE(widest_line(rows), width) << text;
          }
        }
      }
    }
  }
}

TEST(LineTable, AskedForSumsStandBeforeTheCpus) {
  Table table = typed_table("u32", kPair, 2, 80);
  add_sum(table);
  EXPECT_EQ(
      print(Format::table, table,
            {{.key = "07000000", .values = {u64s({3, 10}), u64s({4, 20})}, .aggregate = u64s({7, 30})}}),
      "     PACKETS          BYTES\n"
      "KEY  SUM  CPU0  CPU1  SUM  CPU0  CPU1\n"
      "  7    7     3     4   30    10    20\n"
      "1 entry\n");
}

TEST(LineTable, AggregatesAlone) {
  Table table = typed_table("u32", kPair, 2, 80);
  add_aggregate(table, Aggregate::max);
  table.per_cpu = false;
  EXPECT_EQ(
      print(Format::table, table,
            {{.key = "07000000", .values = {u64s({3, 10}), u64s({4, 20})}, .aggregate = u64s({4, 20})}}),
      "     PACKETS  BYTES\n"
      "KEY      MAX    MAX\n"
      "  7        4     20\n"
      "1 entry\n");
}

TEST(LineTable, AnotherAggregateStandsInThePlaceOfTheSum) {
  Table table = typed_table("u32", "u64", 64, 80);
  add_aggregate(table, Aggregate::max);
  Entry entry = counters(table, {"07000000"}).front();
  entry.aggregate = u64s({9001});
  EXPECT_EQ(print(Format::table, table, {entry}),
            "KEY   MAX  HOTTEST\n"
            "  7  9001  CPU 1    82 %\n"
            "1 entry\n"
            "(64 CPUs: --cpu LIST or --long shows the values of each)\n");
}

TEST(LineTable, NoCpuIsTheHottestOfZeros) {
  const Table table = typed_table("u32", "i64", 64, 80);
  const std::vector<std::string> zeros(64, u64s({0}));
  std::vector<std::string> mixed = zeros;
  mixed[3] = u64s({5});
  mixed[4] = u64s({UINT64_MAX});
  EXPECT_EQ(print(Format::table, table,
                  {{.key = "07000000", .values = zeros}, {.key = "08000000", .values = mixed}}),
            "KEY  SUM  HOTTEST\n"
            "  7    0  -\n"
            "  8    4  CPU 3\n"
            "2 entries\n"
            "(64 CPUs: --cpu LIST or --long shows the values of each)\n");
}

TEST(LineTable, SaysWhichFieldsItLeavesOut) {
  const Table table = typed_table("u32", "{n:u64,who:char[8]}", 64, 80);
  const std::vector<std::string> values(64, u64s({1, 0x61}));
  EXPECT_EQ(print(Format::table, table, {{.key = "07000000", .values = values}}),
            "     N\n"
            "KEY  SUM  HOTTEST\n"
            "  7   64  CPU 0     2 %\n"
            "1 entry\n"
            "(64 CPUs: --cpu LIST or --long shows the values of each)\n"
            "(not shown, for it is no number: who; --long shows it)\n");
}

TEST(LineTable, FieldsThatAreNoNumbersHaveColumnsWhereTheyFindRoom) {
  const Table table = typed_table("u32", "{n:u64,who:char[8]}", 2, 80);
  EXPECT_EQ(print(Format::table, table,
                  {{.key = "07000000", .values = {u64s({1, 0x6261}), u64s({12345, 0x64636261})}}}),
            "     N            WHO\n"
            "KEY  CPU0   CPU1  CPU0  CPU1\n"
            "  7     1  12345  ab    abcd\n"
            "1 entry\n");
}

TEST(LineTable, OfflineCpusHaveNoColumnWhereTheyAreZero) {
  Table table = typed_table("u32", "u64", 4, 80);
  table.foldable = CpuList({1, 2, 3});
  const Entry first{.key = "07000000", .values = {u64s({1}), u64s({0}), u64s({5}), u64s({0})}};
  const Entry later{.key = "08000000", .values = {u64s({2}), u64s({9}), u64s({0}), u64s({0})}};
  EXPECT_EQ(print(Format::table, table, {first}),
            "KEY  CPU0  CPU2\n"
            "  7     1     5\n"
            "1 entry\n"
            "(2 offline CPUs are not shown; --cpu all shows them)\n");
  EXPECT_EQ(print_batches(Format::table, table, {{first}, {later}}),
            "KEY  CPU0  CPU2\n"
            "  7     1     5\n"
            "  8     2     0\n"
            "2 entries\n"
            "(2 offline CPUs are not shown, but not all of their values are zero; --cpu all shows them)\n");
}

TEST(LineTable, ThousandsMarksAreForValues) {
  Table table = typed_table("u32", "{n:i64,f:f64,few:u64}", 1, 80);
  table.human = true;
  EXPECT_EQ(print(Format::table, table,
                  {{.key = "40420f00", .values = {u64s({0 - uint64_t{1234567}, 0x412e848000000000, 999})}},
                   {.key = "41420f00", .values = {u64s({0 - uint64_t{999}, 0x3ff8000000000000, 1000})}}}),
            "                  N          F    FEW\n"
            "    KEY        CPU0       CPU0   CPU0\n"
            "1000000  -1,234,567  1,000,000    999\n"
            "1000001        -999        1.5  1,000\n"
            "2 entries\n");
}

TEST(LineTable, ManyColumnsAreLinesOfTheirOwn) {
  const Table table = typed_table("u32", "u64", 1001, 0);
  const std::string text = print(Format::table, table, counters(table, {"07000000"}));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 1001 + 1);
}

// A sum would hold 64 times the names.
TEST(LineTable, ValuesThatAreTooLargeToBeSummedAreLinesOfTheirOwn) {
  const Table table = typed_table("u32", "{n:u64,names:char[4096][2]}", 64, 80);
  const std::vector<std::string> values(64, std::string(2 * table.value.size(), '0'));
  const std::string text = print(Format::table, table, {{.key = "07000000", .values = values}});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 64 + 2);
}

TEST(LineTable, LongKeysAreCutOnATerminal) {
  const Table table = typed_table("char[64]", "u64", 2, 40);
  const std::string text(64, 'x');
  const std::string key = to_hex(std::as_bytes(std::span(text)));
  EXPECT_EQ(print(Format::table, table, {{.key = key, .values = {u64s({1}), u64s({2})}}}),
            "KEY                           CPU0  CPU1\n"
            "xxxxxxxxxxxxxxxxxxxxxxxxx...     1     2\n"
            "1 entry\n"
            "(what is wider than 40 columns is cut; -o json shows all of it)\n");
}

TEST(LineTable, WideCharactersTakeTwoColumns) {
  const Table table = typed_table("char[8]", "u64", 1, 0);
  EXPECT_EQ(print(Format::table, table,
                  {{.key = "e6b584e4ba8b0000", .values = {u64s({1})}},  // two wide ones
                   {.key = "65cc816500000000", .values = {u64s({2})}},  // an e with an accent of its own
                   {.key = "6162636465000000", .values = {u64s({3})}}}),
            "KEY    CPU0\n"
            "\xe6\xb5\x84\xe4\xba\x8b      1\n"
            "e\xcc\x81"
            "e        2\n"
            "abcde     3\n"
            "3 entries\n");
}

}  // namespace
}  // namespace percpumap
