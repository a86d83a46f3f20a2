// Nothing is allocated per entry: the reader runs between two readings of a counter in operator new.
#include <gtest/gtest.h>

#include "input/entry_reader.h"
#include "support/allocations.h"
#include "support/text_file.h"

namespace percpumap::test {
namespace {

// Keys and values of 8 bytes, CPUs 0 and 12345.
EntryFormat format_of(bool numbers) {
  EntryFormat format;
  format.key = numbers ? Layout::integer(8, false) : Layout::bytes(8);
  format.value = numbers ? Layout::integer(8, true) : Layout::bytes(8);
  format.shape = {8, 8, CpuList({0, 12345})};
  return format;
}

struct Case {
  std::string name;
  bool numbers;
  std::string before;
  std::string entry;
  std::string between;
};

void PrintTo(const Case& value, std::ostream* out) {
  *out << value.name;
}

class ImportAllocations : public testing::TestWithParam<Case> {};

TEST_P(ImportAllocations, NoneForEntries) {
  const Case& input = GetParam();
  constexpr size_t kEntries = 5000;
  std::string text = input.before;
  for (size_t i = 0; i < kEntries; ++i) text += input.entry + input.between;
  const TextFile file(text);
  EntryReader reader(file.fd(), format_of(input.numbers));
  Entries entries;
  ASSERT_TRUE(reader.next(entries, 1000));
  const size_t before = allocations;
  ASSERT_TRUE(reader.next(entries, 1000));
  ASSERT_TRUE(reader.next(entries, 1000));
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(entries.batch.count, 1000U);
}

const std::string kHex =
    R"({"key":"0102030405060708","values":[{"cpu":0,"value":"0000000000000000"},{"value":"ffffffffffffffff","cpu":12345}]})";
const std::string kNumbers =
    R"({"key":72057594037927936,"values":[{"cpu":0,"value":-5},{"cpu":12345,"value":0}],"sum":-5})";
const std::string kRaw =
    kHex.substr(0, kHex.size() - 1) +
    R"(,"raw":{"key":"0102030405060708","values":["0000000000000000","0000000000000001"]}})";
const std::string kBytes = R"(["0x01","0x02","0x03","0x04","0x05","0x06","0x07","0x08"])";
const std::string kBpftool = "{\"key\":" + kBytes + R"(,"values":[{"cpu":0,"value":)" + kBytes +
                             R"(},{"cpu":1,"value":)" + kBytes + "}]}";
const std::string kCsv =
    "0102030405060708,0,0102030405060708\r\n\"0102030405060708\",12345,0102030405060708\r\n"
    "0102030405060709,0,0102030405060708\r\n0102030405060709,12345,0102030405060708\r\n";

INSTANTIATE_TEST_SUITE_P(EveryForm, ImportAllocations,
                         testing::Values(Case{"hex", false, "", kHex, "\n"},
                                         Case{"numbers", true, "", kNumbers, "\n"},
                                         Case{"raw", false, "", kRaw, "\n"},
                                         Case{"array", false, "[", kHex, ","},
                                         Case{"bpftool", false, "[", kBpftool, ","},
                                         Case{"csv", false, "key,cpu,value\n", kCsv, ""}),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(AllocationCounter, Counts) {
  const size_t before = allocations;
  std::vector<int> one(1);
  EXPECT_GT(allocations, before) << one.size();
}

}  // namespace
}  // namespace percpumap::test
