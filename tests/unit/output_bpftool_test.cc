// The expected text is what bpftool 7.1 printed for maps of these sizes on a machine with two possible CPUs.
#include <gtest/gtest.h>

#include "unit/output_fixture.h"

namespace percpumap {
namespace {

// The bytes step, 2 * step, 3 * step, … as the maps were filled.
std::string steps(size_t step, size_t size) {
  std::string hex;
  for (size_t i = 1; i <= size; ++i) {
    const auto byte = static_cast<std::byte>(i * step);
    hex += to_hex(std::span(&byte, 1));
  }
  return hex;
}

Entry entry(size_t key_step, size_t key_size, size_t value_size) {
  const std::string value = steps(53, value_size);
  return {.key = steps(key_step, key_size), .values = {value, value}};
}

std::string dump(Format format, size_t key_size, size_t value_size, const std::vector<Entry>& entries) {
  return print(format, table_of(Layout::bytes(key_size), Layout::bytes(value_size), "0-1"), entries);
}

TEST(BpftoolPrinter, EmptyMap) {
  EXPECT_EQ(dump(Format::bpftool, 4, 8, {}), "Found 0 elements\n");
  EXPECT_EQ(dump(Format::bpftool_json, 4, 8, {}), "[]\n");
}

TEST(BpftoolPrinter, OneElement) {
  EXPECT_EQ(dump(Format::bpftool, 8, 16, {entry(37, 8, 16)}), R"(key:
25 4a 6f 94 b9 de 03 28
value (CPU 00): 35 6a 9f d4 09 3e 73 a8  dd 12 47 7c b1 e6 1b 50
value (CPU 01): 35 6a 9f d4 09 3e 73 a8  dd 12 47 7c b1 e6 1b 50
Found 1 element
)");
}

TEST(BpftoolPrinter, SmallestSizes) {
  const std::vector<Entry> entries = {entry(41, 1, 1), entry(37, 1, 1)};
  EXPECT_EQ(dump(Format::bpftool, 1, 1, entries), R"(key:
29
value (CPU 00): 35
value (CPU 01): 35
key:
25
value (CPU 00): 35
value (CPU 01): 35
Found 2 elements
)");
  EXPECT_EQ(dump(Format::bpftool_json, 1, 1, entries),
            R"([{"key":["0x29"],"values":[{"cpu":0,"value":["0x35"]},{"cpu":1,"value":["0x35"]}]},)"
            R"({"key":["0x25"],"values":[{"cpu":0,"value":["0x35"]},{"cpu":1,"value":["0x35"]}]}])"
            "\n");
}

TEST(BpftoolPrinter, PaddingIsNotPrinted) {
  EXPECT_EQ(dump(Format::bpftool_json, 4, 5, {entry(41, 4, 5)}),
            R"([{"key":["0x29","0x52","0x7b","0xa4"],"values":[)"
            R"({"cpu":0,"value":["0x35","0x6a","0x9f","0xd4","0x09"]},)"
            R"({"cpu":1,"value":["0x35","0x6a","0x9f","0xd4","0x09"]}]}])"
            "\n");
}

TEST(BpftoolPrinter, LongKeysTakeMoreLines) {
  EXPECT_EQ(dump(Format::bpftool, 24, 8, {entry(41, 24, 8), entry(37, 24, 8)}), R"(key:
29 52 7b a4 cd f6 1f 48  71 9a c3 ec 15 3e 67 90
b9 e2 0b 34 5d 86 af d8
value (CPU 00): 35 6a 9f d4 09 3e 73 a8
value (CPU 01): 35 6a 9f d4 09 3e 73 a8
key:
25 4a 6f 94 b9 de 03 28  4d 72 97 bc e1 06 2b 50
75 9a bf e4 09 2e 53 78
value (CPU 00): 35 6a 9f d4 09 3e 73 a8
value (CPU 01): 35 6a 9f d4 09 3e 73 a8
Found 2 elements
)");
}

TEST(BpftoolPrinter, ValueBeyondOneLineStartsOnItsOwn) {
  EXPECT_EQ(dump(Format::bpftool, 9, 17, {entry(37, 9, 17)}), R"(key:
25 4a 6f 94 b9 de 03 28  4d
value (CPU 00):
35 6a 9f d4 09 3e 73 a8  dd 12 47 7c b1 e6 1b 50
85
value (CPU 01):
35 6a 9f d4 09 3e 73 a8  dd 12 47 7c b1 e6 1b 50
85
Found 1 element
)");
}

TEST(BpftoolPrinter, CountsCpusWhateverTheirIds) {
  Table table = table_of(Layout::bytes(1), Layout::bytes(1), "4,9");
  EXPECT_EQ(print(Format::bpftool, table, {entry(37, 1, 1)}), R"(key:
25
value (CPU 00): 35
value (CPU 01): 35
Found 1 element
)");
  EXPECT_EQ(print(Format::bpftool_json, table, {entry(37, 1, 1)}),
            R"([{"key":["0x25"],"values":[{"cpu":0,"value":["0x35"]},{"cpu":1,"value":["0x35"]}]}])"
            "\n");
}

// As `bpftool map lookup` prints it.
TEST(BpftoolPrinter, SingleEntry) {
  Table table = table_of(Layout::bytes(2), Layout::bytes(1), "0-1");
  table.single = true;
  EXPECT_EQ(print(Format::bpftool, table, {entry(37, 2, 1)}), R"(key:
25 4a
value (CPU 00): 35
value (CPU 01): 35
)");
  EXPECT_EQ(print(Format::bpftool_json, table, {entry(37, 2, 1)}),
            R"({"key":["0x25","0x4a"],"values":[{"cpu":0,"value":["0x35"]},{"cpu":1,"value":["0x35"]}]})"
            "\n");
}

}  // namespace
}  // namespace percpumap
