#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "stats/stats_record.h"
#include "stats/stats_table.h"
#include "types/declare.h"
#include "unit/output_fixture.h"

namespace percpumap::test {
namespace {

// Of these sums by key, each counted by the first CPU but for the last one.
MapStats stats_of(const std::string& type, size_t cpus, const std::vector<uint64_t>& sums) {
  std::vector<uint32_t> ids(cpus);
  for (size_t i = 0; i < cpus; ++i) ids[i] = static_cast<uint32_t>(i);
  const Shape shape{.key_size = 4, .value_size = 8, .cpus = CpuList(ids)};
  MapStats stats{.info = {.id = 7, .max_entries = 8, .name = "counts"}, .memlock = 20480};
  stats.bytes_per_entry = shape.key_size + shape.row_size();
  stats.entries = sums.size();
  stats.key = declare_layout("{port:be16,proto:u16}", "key");
  stats.cpus = shape.cpus;
  stats.fields.emplace_back(number_fields(declare_layout(type, "value"), "").fields.at(0), shape, 2);
  std::vector<Entry> entries;
  for (size_t i = 0; i < sums.size(); ++i) {
    std::vector<std::string> values(cpus, u64s({0}));
    values[i + 1 == sums.size() ? cpus - 1 : 0] = u64s({sums[i]});
    entries.push_back({"01bb" + to_hex(std::as_bytes(std::span(&i, 1)).first(2)), values});
  }
  stats.fields[0].add(batch_of(shape, entries));
  return stats;
}

std::string table(const MapStats& stats, const StatsStyle& style) {
  Capture capture;
  print_record(capture.sink(), Format::table, stats_table(stats, style));
  return capture.text();
}

std::string json(const MapStats& stats, bool u64_strings = false) {
  Capture capture;
  print_record(capture.sink(), Format::json, stats_record(stats, u64_strings));
  return capture.text();
}

// What stands behind "fields":.
std::string fields(const MapStats& stats, bool u64_strings = false) {
  const std::string text = json(stats, u64_strings);
  const size_t begin = text.find(R"("fields":)") + 9;
  return text.substr(begin, text.size() - begin - 2);
}

TEST(StatsTable, HasBars) {
  EXPECT_EQ(table(stats_of("u64", 2, {5, 1300, 400}), {}),
            "id        7\n"
            "name      counts\n"
            "entries   3 of 8\n"
            "fill      37.5 %\n"
            "memory    20.0 KiB\n"
            "an entry  20 B\n"
            "\n"
            "value:\n"
            "  total    1705\n"
            "  skew     1.53 (max/mean)\n"
            "  hottest  CPU 0 (76.5 %)\n"
            "\n"
            "  cpus:\n"
            "    CPU  TOTAL  SHARE\n"
            "      0   1305   76.5 % ████████████████████████\n"
            "      1    400   23.5 % ███████▍\n"
            "\n"
            "  busiest:\n"
            "    PORT  PROTO  ITS SUM  ITS SHARE\n"
            "     443      1     1300   76.2 % ████████████████████████\n"
            "     443      2      400   23.5 % ███████▍\n"
            "\n"
            "  histogram:\n"
            "    SUM OF AN ENTRY  ENTRIES  SHARE\n"
            "    [4, 8)                 1   33.3 % ████████████████████████\n"
            "    [8, 256)               0    0.0 %\n"
            "    [256, 512)             1   33.3 % ████████████████████████\n"
            "    [512, 1K)              0    0.0 %\n"
            "    [1K, 2K)               1   33.3 % ████████████████████████\n");
}

TEST(StatsTable, IsAsciiWhereItHasToBe) {
  const std::string text = table(stats_of("u64", 64, {5, 1300, 400}), {.blocks = false, .human = true});
  EXPECT_EQ(text,
            "id        7\n"
            "name      counts\n"
            "entries   3 of 8\n"
            "fill      37.5 %\n"
            "memory    20.0 KiB\n"
            "an entry  516 B\n"
            "\n"
            "value:\n"
            "  total    1,705\n"
            "  skew     48.99 (max/mean)\n"
            "  hottest  CPU 0 (76.5 %)\n"
            "\n"
            "  cpus:\n"
            "            CPU  TOTAL  SHARE\n"
            "              0  1,305   76.5 % ########################\n"
            "             63    400   23.5 % #######\n"
            "              1      0    0.0 %\n"
            "              2      0    0.0 %\n"
            "              3      0    0.0 %\n"
            "              4      0    0.0 %\n"
            "              5      0    0.0 %\n"
            "              6      0    0.0 %\n"
            "    ... 56 more      -    0.0 %\n"
            "\n"
            "  busiest:\n"
            "    PORT  PROTO  ITS SUM  ITS SHARE\n"
            "     443      1    1,300   76.2 % ########################\n"
            "     443      2      400   23.5 % #######\n"
            "\n"
            "  histogram:\n"
            "    SUM OF AN ENTRY  ENTRIES  SHARE\n"
            "    [4, 8)                 1   33.3 % ########################\n"
            "    [8, 256)               0    0.0 %\n"
            "    [256, 512)             1   33.3 % ########################\n"
            "    [512, 1K)              0    0.0 %\n"
            "    [1K, 2K)               1   33.3 % ########################\n");
}

TEST(StatsTable, ShowsTheRangesBetweenNegativeAndPositiveNumbers) {
  const auto minus = static_cast<uint64_t>(-5);
  EXPECT_EQ(table(stats_of("i64", 2, {minus, minus, 1300, 400}), {.blocks = false}),
            "id        7\n"
            "name      counts\n"
            "entries   4 of 8\n"
            "fill      50.0 %\n"
            "memory    20.0 KiB\n"
            "an entry  20 B\n"
            "\n"
            "value:\n"
            "  total    1690\n"
            "  skew     1.53 (max/mean)\n"
            "  hottest  CPU 0 (76.3 %)\n"
            "\n"
            "  cpus:\n"
            "    CPU  TOTAL  SHARE\n"
            "      0   1290   76.3 % ########################\n"
            "      1    400   23.7 % #######\n"
            "\n"
            "  busiest:\n"
            "    PORT  PROTO  ITS SUM  ITS SHARE\n"
            "     443      2     1300   76.0 % ########################\n"
            "     443      3      400   23.4 % #######\n"
            "\n"
            "  histogram:\n"
            "    SUM OF AN ENTRY  ENTRIES  SHARE\n"
            "    (-8, -4]               2   50.0 % ########################\n"
            "    (-4, 256)              0    0.0 %\n"
            "    [256, 512)             1   25.0 % ############\n"
            "    [512, 1K)              0    0.0 %\n"
            "    [1K, 2K)               1   25.0 % ############\n");
}

TEST(StatsTable, ObeysNoFieldName) {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = 8});
  builder.add({.kind = Kind::integer, .size = 8, .name = "red\x1b[31m"});
  builder.end();
  MapStats stats = stats_of("u64", 2, {5});
  const Shape shape{.key_size = 4, .value_size = 8, .cpus = stats.cpus};
  stats.fields = {FieldStats(number_fields(builder.finish(), "").fields.at(0), shape, 2)};
  EXPECT_EQ(table(stats, {}).find('\x1b'), std::string::npos);
}

TEST(StatsTable, ShowsOnlyTheTotalOfZeros) {
  EXPECT_EQ(table(stats_of("u64", 2, {0, 0}), {.blocks = false}),
            "id        7\n"
            "name      counts\n"
            "entries   2 of 8\n"
            "fill      25.0 %\n"
            "memory    20.0 KiB\n"
            "an entry  20 B\n"
            "\n"
            "value:\n"
            "  total  0\n"
            "\n"
            "  histogram:\n"
            "    SUM OF AN ENTRY  ENTRIES  SHARE\n"
            "    [0]                    2  100.0 % ########################\n");
}

TEST(StatsJson, HasTheMapsFigures) {
  MapStats stats = stats_of("u64", 2, {5, 9});
  stats.fields.clear();
  stats.matched = 1;
  stats.fields_left_out = 3;
  EXPECT_EQ(json(stats),
            R"({"id":7,"name":"counts","entries":2,"max_entries":8,"fill":0.25,"counted_by":"walk",)"
            R"("bytes_memlock":20480,"bytes_per_entry":20,"complete":true,"matched":1,)"
            R"("fields_left_out":3,"fields":[]})"
            "\n");
}

TEST(StatsJson, HasEachField) {
  EXPECT_EQ(fields(stats_of("u64", 2, {8, 56, 64})),
            R"([{"field":"value","total":128,"skew":1,"hottest_cpu":0,)"
            R"("cpus":[{"cpu":0,"total":64,"share":0.5},{"cpu":1,"total":64,"share":0.5}],)"
            R"("busiest":[{"key":{"port":443,"proto":2},"sum":64,"share":0.5},)"
            R"({"key":{"port":443,"proto":1},"sum":56,"share":0.4375}],)"
            R"("histogram":[{"from":8,"to":15,"entries":1},{"from":32,"to":63,"entries":1},)"
            R"({"from":64,"to":127,"entries":1}]}])");
}

TEST(StatsJson, HasStringsForNumbersOf64Bits) {
  EXPECT_EQ(fields(stats_of("u64", 2, {5}), true),
            R"([{"field":"value","total":"5","skew":2,"hottest_cpu":1,)"
            R"("cpus":[{"cpu":0,"total":"0","share":0},{"cpu":1,"total":"5","share":1}],)"
            R"("busiest":[{"key":{"port":443,"proto":0},"sum":"5","share":1}],)"
            R"("histogram":[{"from":"4","to":"7","entries":1}]}])");
}

TEST(StatsJson, HasTheRangesOfNegativeNumbers) {
  const auto least = uint64_t{1} << 63;
  const std::string text = fields(stats_of("i64", 2, {least, static_cast<uint64_t>(-5)}));
  EXPECT_NE(text.find(R"("histogram":[{"from":-9223372036854775808,"to":-9223372036854775808,"entries":1},)"
                      R"({"from":-7,"to":-4,"entries":1}])"),
            std::string::npos)
      << text;
}

TEST(StatsJson, HasTheRangesOfFloats) {
  const auto bits = [](double number) { return std::bit_cast<uint64_t>(number); };
  const std::string text = fields(stats_of("f64", 2, {bits(-0.75), 0, bits(2.5), bits(INFINITY), bits(NAN)}));
  EXPECT_NE(text.find(R"("histogram":[{"from":-1,"to":-0.5,"entries":1},{"from":0,"to":0,"entries":1},)"
                      R"({"from":2,"to":4,"entries":1},{"from":"inf","to":"inf","entries":1},)"
                      R"({"from":"nan","to":"nan","entries":1}])"),
            std::string::npos)
      << text;
}

TEST(StatsJson, SaysTheBytesOfAKeyThatTextCannotCarry) {
  MapStats stats = stats_of("u64", 2, {5});
  stats.key = declare_layout("char[4]", "key");
  EXPECT_NE(fields(stats).find(R"({"key":"\u0001\u00bb","raw":{"key":"01bb0000"},"sum":5)"),
            std::string::npos)
      << fields(stats);
}

TEST(StatsCsv, HasALineForEachFigure) {
  Capture capture;
  print_records(capture.sink(), Format::csv, stats_rows(stats_of("u64", 2, {8, 8})));
  EXPECT_EQ(capture.text(),
            "field,figure,item,value\r\n,id,,7\r\n,name,,counts\r\n,entries,,2\r\n,max_entries,,8\r\n"
            ",fill,,0.25\r\n,counted_by,,walk\r\n,bytes_memlock,,20480\r\n,bytes_per_entry,,20\r\n,complete,,"
            "true\r\n"
            ",fields_left_out,,0\r\n"
            "value,total,,16\r\nvalue,skew,,1\r\nvalue,hottest_cpu,,0\r\n"
            "value,cpus.total,0,8\r\nvalue,cpus.share,0,0.5\r\n"
            "value,cpus.total,1,8\r\nvalue,cpus.share,1,0.5\r\n"
            "value,busiest.sum,\"{\"\"port\"\":443,\"\"proto\"\":0}\",8\r\n"
            "value,busiest.share,\"{\"\"port\"\":443,\"\"proto\"\":0}\",0.5\r\n"
            "value,busiest.sum,\"{\"\"port\"\":443,\"\"proto\"\":1}\",8\r\n"
            "value,busiest.share,\"{\"\"port\"\":443,\"\"proto\"\":1}\",0.5\r\n"
            "value,histogram.to,8,15\r\nvalue,histogram.entries,8,2\r\n");
}

}  // namespace
}  // namespace percpumap::test
