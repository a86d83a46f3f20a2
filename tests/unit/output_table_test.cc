#include <gtest/gtest.h>

#include "unit/output_fixture.h"

namespace percpumap {
namespace {

Table hex_table(std::string_view cpus) {
  return table_of(Layout::bytes(4), Layout::bytes(3), cpus);
}

Table number_table() {
  Table table = table_of(Layout::integer(4, false), Layout::integer(8, true), "0-1");
  table.long_form = true;
  add_sum(table);
  return table;
}

const std::vector<Entry> kNumberEntries = {
    {.key = "07000000", .values = {"0300000000000000", "fbffffffffffffff"}, .aggregate = "feffffffffffffff"},
    {.key = "00ca9a3b", .values = {"40420f0000000000", "0000000000000000"}, .aggregate = "40420f0000000000"},
};

TEST(LongTable, ShowsBytesAsPairs) {
  EXPECT_EQ(print(Format::table, hex_table("0,10"),
                  {{.key = "0a000001", .values = {"010203", "000000"}},
                   {.key = "0a000002", .values = {"fffefd", "040506"}}}),
            "KEY          CPU  VALUE\n"
            "0a 00 00 01    0  01 02 03\n"
            "              10  00 00 00\n"
            "0a 00 00 02    0  ff fe fd\n"
            "              10  04 05 06\n"
            "2 entries\n");
}

TEST(LongTable, AlignsNumbersToTheRight) {
  EXPECT_EQ(print(Format::table, number_table(), kNumberEntries),
            "       KEY  CPU    VALUE\n"
            "         7    0        3\n"
            "              1       -5\n"
            "            sum       -2\n"
            "1000000000    0  1000000\n"
            "              1        0\n"
            "            sum  1000000\n"
            "2 entries\n");
}

TEST(LongTable, SumAlone) {
  Table table = number_table();
  table.per_cpu = false;
  EXPECT_EQ(print(Format::table, table, kNumberEntries),
            "       KEY      SUM\n"
            "         7       -2\n"
            "1000000000  1000000\n"
            "2 entries\n");
}

TEST(LongTable, LaterWiderNumbersGoOn) {
  Table table = table_of(Layout::integer(8, false), Layout::integer(8, false), "0");
  table.long_form = true;
  EXPECT_EQ(print_batches(Format::table, table,
                          {{{.key = "0100000000000000", .values = {"0200000000000000"}}},
                           {{.key = "ffffffffffffffff", .values = {"ffffffffffffffff"}}}}),
            "KEY  CPU  VALUE\n"
            "  1    0      2\n"
            "18446744073709551615  0  18446744073709551615\n"
            "2 entries\n");
}

TEST(LongTable, WiderKeysPushOnlyWhatTheyReach) {
  Table table = table_of(Layout::integer(8, false), Layout::integer(8, false), "0-1");
  table.long_form = true;
  EXPECT_EQ(
      print_batches(Format::table, table,
                    {{{.key = "e703000000000000", .values = {"0200000000000000", "ff00000000000000"}}},
                     {{.key = "0f27000000000000", .values = {"0200000000000000", "ff00000000000000"}},
                      {.key = "9f86010000000000", .values = {"0200000000000000", "ff00000000000000"}},
                      {.key = "3f420f0000000000", .values = {"0200000000000000", "ff00000000000000"}}}}),
      "KEY  CPU  VALUE\n"
      "999    0      2\n"
      "       1    255\n"
      "9999   0      2\n"
      "       1    255\n"
      "99999  0      2\n"
      "       1    255\n"
      "999999  0     2\n"
      "       1    255\n"
      "4 entries\n");
}

// A scan whose first batch is empty.
TEST(LongTable, UnmeasuredBytesGoOn) {
  EXPECT_EQ(print_batches(Format::table, hex_table("0-1"),
                          {{}, {{.key = "0a000001", .values = {"010203", "040506"}}}}),
            "KEY  CPU  VALUE\n"
            "0a 00 00 01  0  01 02 03\n"
            "       1  04 05 06\n"
            "1 entry\n");
}

TEST(LongTable, ShortKeysLeaveRoomForTheHeader) {
  EXPECT_EQ(print(Format::table, table_of(Layout::bytes(1), Layout::bytes(1), "0"),
                  {{.key = "0a", .values = {"ff"}}}),
            "KEY  CPU  VALUE\n"
            "0a     0  ff\n"
            "1 entry\n");
}

TEST(LongTable, EmptyMap) {
  EXPECT_EQ(print(Format::table, hex_table("0"), {}), "KEY  CPU  VALUE\n0 entries\n");
}

TEST(LongTable, SaysThatItIsIncomplete) {
  EXPECT_EQ(print(Format::table, hex_table("0"), {}, false), "KEY  CPU  VALUE\n0 entries, incomplete\n");
}

TEST(LongTable, SingleEntryIsNotCounted) {
  Table table = hex_table("0");
  table.single = true;
  EXPECT_EQ(print(Format::table, table, {{.key = "0a000001", .values = {"010203"}}}),
            "KEY          CPU  VALUE\n"
            "0a 00 00 01    0  01 02 03\n");
}

TEST(LongTable, FoldsOfflineCpusWhereTheyAreZero) {
  Table table = hex_table("0-3");
  table.foldable = CpuList({1, 2, 3});
  EXPECT_EQ(print(Format::table, table,
                  {{.key = "0a000001", .values = {"000000", "000000", "000000", "000000"}},
                   {.key = "0a000002", .values = {"010203", "000000", "000001", "000000"}}}),
            "KEY          CPU  VALUE\n"
            "0a 00 00 01    0  00 00 00\n"
            "0a 00 00 02    0  01 02 03\n"
            "               2  00 00 01\n"
            "2 entries\n"
            "(3 offline CPUs are not shown where their value is zero; --cpu all shows them)\n");
}

TEST(LongTable, KeyStandsWhereEveryCpuIsFolded) {
  Table table = hex_table("3");
  table.foldable = CpuList({3});
  EXPECT_EQ(print(Format::table, table, {{.key = "0a000001", .values = {"000000"}}}),
            "KEY          CPU  VALUE\n"
            "0a 00 00 01\n"
            "1 entry\n"
            "(1 offline CPU is not shown where its value is zero; --cpu all shows it)\n");
}

TEST(LongTable, NothingIsSaidWhereNothingIsFolded) {
  Table table = hex_table("0-1");
  table.foldable = CpuList({1});
  EXPECT_EQ(print(Format::table, table, {{.key = "0a000001", .values = {"000000", "000001"}}}),
            "KEY          CPU  VALUE\n"
            "0a 00 00 01    0  00 00 00\n"
            "               1  00 00 01\n"
            "1 entry\n");
}

}  // namespace
}  // namespace percpumap
