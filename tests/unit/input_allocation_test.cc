// Nothing is allocated per entry: the reader runs between two readings of a counter in operator new.
#include <gtest/gtest.h>

#include "input/entry_reader.h"
#include "support/allocations.h"
#include "support/text_file.h"

namespace percpumap::test {
namespace {

enum class Types { bytes, numbers, structures };

// {name:char[4],ip:ipv4}
Layout name_and_address() {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = 8});
  builder.add({.kind = Kind::text, .size = 4, .name = "name"});
  builder.add({.kind = Kind::ipv4, .offset = 4, .size = 4, .name = "ip"});
  builder.end();
  return builder.finish();
}

// {f:f32,all:union{n:u32,b:u8[4]}}
Layout float_and_union() {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = 8});
  builder.add({.kind = Kind::floating, .size = 4, .name = "f"});
  builder.begin({.kind = Kind::one_of, .offset = 4, .size = 4, .name = "all"});
  builder.add({.kind = Kind::integer, .size = 4, .name = "n"});
  builder.begin({.kind = Kind::array, .size = 4, .count = 4, .name = "b"});
  builder.add({.kind = Kind::integer, .size = 1});
  builder.end();
  builder.end();
  builder.end();
  return builder.finish();
}

// Keys and values of 8 bytes, CPUs 0 and 12345.
EntryFormat format_of(Types types) {
  EntryFormat format;
  const bool structures = types == Types::structures;
  format.key = structures                ? name_and_address()
               : types == Types::numbers ? Layout::integer(8, false)
                                         : Layout::bytes(8);
  format.value = structures                ? float_and_union()
                 : types == Types::numbers ? Layout::integer(8, true)
                                           : Layout::bytes(8);
  format.shape = {8, 8, CpuList({0, 12345})};
  return format;
}

struct Case {
  std::string name;
  Types types;
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
  EntryReader reader(file.fd(), format_of(input.types));
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

const std::string kValue = R"({"all":{"b":[0,0,0,0],"n":0},"f":"-inf"})";
const std::string kStructures = R"({"key":{"name":"a\n\u00e4","ip":"10.0.0.1"},"values":[{"cpu":0,"value":)" +
                                kValue + R"(},{"cpu":12345,"value":)" + kValue + "}]}";
const std::string kTypedHeader = "key.name,key.ip,cpu,value.f,value.all.n,value.all.b,raw_value\n";
const std::string kTypedCsv =
    "eth0,10.0.0.1,0,1.5,0,\"[0,0,0,0]\",\r\neth0,10.0.0.1,12345,nan,0,\"[0,0,0,0]\",\r\n"
    "a\\n,10.0.0.1,0,-inf,0,\"[0,0,0,0]\",\r\na\\n,10.0.0.1,12345,,,,0102030405060708\r\n";

INSTANTIATE_TEST_SUITE_P(EveryForm, ImportAllocations,
                         testing::Values(Case{"hex", Types::bytes, "", kHex, "\n"},
                                         Case{"numbers", Types::numbers, "", kNumbers, "\n"},
                                         Case{"raw", Types::bytes, "", kRaw, "\n"},
                                         Case{"array", Types::bytes, "[", kHex, ","},
                                         Case{"bpftool", Types::bytes, "[", kBpftool, ","},
                                         Case{"csv", Types::bytes, "key,cpu,value\n", kCsv, ""},
                                         Case{"structures", Types::structures, "", kStructures, "\n"},
                                         Case{"typed_csv", Types::structures, kTypedHeader, kTypedCsv, ""}),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(AllocationCounter, Counts) {
  const size_t before = allocations;
  std::vector<int> one(1);
  EXPECT_GT(allocations, before) << one.size();
}

}  // namespace
}  // namespace percpumap::test
