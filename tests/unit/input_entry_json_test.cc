#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"
#include "input/entry_json.h"

namespace percpumap {
namespace {

// Keys of 2 bytes, values of 1, CPUs 0 and 2.
EntryFormat small_format() {
  EntryFormat format;
  format.key = Layout::bytes(2);
  format.value = Layout::bytes(1);
  format.shape = {2, 1, CpuList({0, 2})};
  return format;
}

// "key row", or the message.
std::string read(std::string_view text, const EntryFormat& format = small_format()) {
  std::vector<std::byte> key(format.shape.key_size, std::byte{0xee});
  std::vector<std::byte> row(format.shape.row_size(), std::byte{0xee});
  try {
    EntryParser(format).parse(text, key, row);
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    return error.what();
  }
  return to_hex(key) + " " + to_hex(row);
}

std::string with_values(const std::string& values) {
  return R"({"key":"0102","values":[)" + values + "]}";
}

const std::string kBoth = R"({"cpu":0,"value":"0a"},{"cpu":2,"value":"0b"})";
const std::string kRead = "0102 0a000000000000000b00000000000000";

TEST(EntryJson, FillsKeyAndRowWithZeroPadding) {
  EXPECT_EQ(read(with_values(kBoth)), kRead);
}

TEST(EntryJson, MembersComeInAnyOrder) {
  EXPECT_EQ(read(R"({"values":[{"value":"0b","cpu":2},{"value":"0a","cpu":0}],"key":"0102"})"), kRead);
}

TEST(EntryJson, OtherMembersAreIgnored) {
  EXPECT_EQ(read(R"({"sum":{"a":[1,1.5e300]},"key":"0102","values":[)" + kBoth + R"(],"more":null})"), kRead);
}

TEST(EntryJson, TypesAreThoseGiven) {
  EntryFormat format;
  format.key = Layout::integer(2, false);
  format.value = Layout::integer(1, true);
  format.shape = {2, 1, CpuList({0})};
  EXPECT_EQ(read(R"({"key":257,"values":[{"cpu":0,"value":-2}]})", format), "0101 fe00000000000000");
  EXPECT_EQ(read(R"({"key":65536,"values":[{"cpu":0,"value":0}]})", format),
            "key: 65536 is out of range 0..65535 of u16");
  EXPECT_EQ(read(R"({"key":1,"values":[{"cpu":0,"value":200}]})", format),
            "CPU 0: value: 200 is out of range -128..127 of i8");
}

// Keys char[1][2], whose texts may look like bpftool's bytes; values {a:u8}.
EntryFormat typed_format() {
  EntryFormat format = small_format();
  LayoutBuilder key;
  key.begin({.kind = Kind::array, .size = 2, .count = 2});
  key.add({.kind = Kind::text, .size = 1});
  key.end();
  format.key = key.finish();
  LayoutBuilder value;
  value.begin({.kind = Kind::structure, .size = 1});
  value.add({.kind = Kind::integer, .size = 1, .name = "a"});
  value.end();
  format.value = value.finish();
  return format;
}

TEST(EntryJson, StructuresAreNamedByCpuAndPath) {
  const std::string begin = R"({"key":["x","y"],"values":[{"cpu":0,"value":{"a":7}},{"cpu":2,"value":)";
  EXPECT_EQ(read(begin + R"({"a":8}}]})", typed_format()), "7879 07000000000000000800000000000000");
  EXPECT_EQ(read(begin + R"({"a":256}}]})", typed_format()),
            "CPU 2: value.a: 256 is out of range 0..255 of u8");
  EXPECT_EQ(read(begin + R"({}}]})", typed_format()), "CPU 2: value.a: missing");
}

TEST(EntryJson, TextsThatLookLikeBytesAreNotBpftools) {
  EXPECT_EQ(read(R"({"key":["0x12","y"],"values":[]})", typed_format()),
            "key[0]: \"0x12\" has 4 bytes, and char holds 1");
}

TEST(EntryJson, MissingMembersAreNamed) {
  EXPECT_EQ(read("{}"), "no \"key\"");
  EXPECT_EQ(read(R"({"key":"0102"})"), "no \"values\"");
  EXPECT_EQ(read(with_values(R"({"value":"0a"})")), "values[0]: no \"cpu\"");
  EXPECT_EQ(read(with_values(R"({"cpu":0,"value":"0a"},{"cpu":2})")), "CPU 2: no \"value\"");
}

TEST(EntryJson, DoubledMembersAreNamed) {
  EXPECT_EQ(read(R"({"key":"0102","key":"0103","values":[]})"), "\"key\" comes twice in one object");
  EXPECT_EQ(read(with_values(R"({"cpu":0,"value":"0a","cpu":2})")), "\"cpu\" comes twice in one object");
  EXPECT_EQ(read(R"({"k\u0065y":"0102","key":"0103"})"), "\"key\" comes twice in one object");
}

// bpftool shows two unnamed unions of a struct as two members without a name.
TEST(EntryJson, DoubledNamesInOtherMembersDoNotCount) {
  EXPECT_EQ(read(R"({"formatted":{"":1,"":2},"key":"0102","values":[)" + kBoth + "]}"), kRead);
}

TEST(EntryJson, WrongKindsAreNamed) {
  EXPECT_EQ(read(R"({"key":"0102","values":{}})"), "\"values\" is not an array, but object");
  EXPECT_EQ(read(with_values("5")), "values[0]: expected an object, got number");
  for (const char* cpu : {"\"0\"", "-1", "0.0", "4294967296", "null"}) {
    EXPECT_EQ(read(with_values("{\"cpu\":" + std::string(cpu) + ",\"value\":\"0a\"}")),
              "values[0]: \"cpu\" is not the number of a CPU");
  }
  EXPECT_EQ(read("null"), "expected an entry ({\"key\":...}), got null");
}

TEST(EntryJson, WrongBytesAreNamed) {
  EXPECT_EQ(read(R"({"key":"01","values":[]})"), "key: expected 4 hexadecimal digits (2 bytes), got 2 (01)");
  EXPECT_EQ(read(with_values(R"({"cpu":0,"value":"zz"})")), "CPU 0: value: \"zz\" is not hexadecimal");
}

TEST(EntryJson, DoubledCpuIsAnError) {
  EXPECT_EQ(read(with_values(kBoth + R"(,{"cpu":2,"value":"0c"})")), "CPU 2 comes twice");
}

TEST(EntryJson, CpuThatTheMachineLacksIsAnError) {
  EXPECT_EQ(read(with_values(kBoth + R"(,{"cpu":1,"value":"0c"})")),
            "CPU 1 is not one of this machine (0,2)");
}

TEST(EntryJson, MissingCpuIsAnError) {
  EXPECT_EQ(read(with_values(R"({"cpu":0,"value":"0a"})")), "no value for CPU 2");
  EXPECT_EQ(read(with_values("")), "no value for CPU 0,2");
}

TEST(EntryJson, MissingCpuIsZeroWhereAsked) {
  EntryFormat format = small_format();
  format.missing_cpu_zero = true;
  EXPECT_EQ(read(with_values(R"({"cpu":2,"value":"0b"})"), format), "0102 00000000000000000b00000000000000");
  EXPECT_EQ(read(with_values(""), format), "0102 00000000000000000000000000000000");
}

TEST(EntryJson, RawIsPreferred) {
  EXPECT_EQ(read(R"({"key":{"name":"a"},"values":[{"cpu":2,"value":"nan"},{"cpu":0,"value":null}],)"
                 R"("raw":{"key":"0102","values":["0b","0a"]}})"),
            kRead);
}

TEST(EntryJson, RawMustBeWhole) {
  const std::string entry = R"({"key":"0102","values":[)" + kBoth + R"(],"raw":)";
  EXPECT_EQ(read(entry + R"({"key":"0102","values":["0a"]}})"),
            "\"raw\": expected 2 values, one for each of \"values\", got 1");
  EXPECT_EQ(read(entry + R"({"key":"0102"}})"), "\"raw\": no \"values\"");
  EXPECT_EQ(read(entry + R"({"values":["0a","0b"]}})"), "\"raw\": no \"key\"");
  EXPECT_EQ(read(entry + R"({"key":"01","values":["0a","0b"]}})"),
            "raw key: expected 4 hexadecimal digits (2 bytes), got 2 (01)");
  EXPECT_EQ(read(entry + "[]}"), "\"raw\" is not an object, but array");
}

const std::string kBpftools =
    R"({"key":["0x01","0x02"],"values":[{"cpu":0,"value":["0x0a"]},{"cpu":1,"value":["0x0b"]}],"formatted":{}})";

// CPU 1 of bpftool is the second possible one, which is number 2 here.
TEST(EntryJson, BpftoolCountsCpus) {
  EXPECT_EQ(read(kBpftools), kRead);
}

TEST(EntryJson, BpftoolsBytesAreBytesWhateverTheTypes) {
  EntryFormat format = small_format();
  format.key = Layout::integer(2, false);
  format.value = Layout::integer(1, true);
  EXPECT_EQ(read(kBpftools, format), kRead);
}

TEST(EntryJson, BpftoolsFormIsNotGuessedWhereAnotherIsGiven) {
  EntryFormat format = small_format();
  format.format = ImportFormat::json;
  EXPECT_EQ(read(kBpftools, format),
            "the key is an array of \"0x..\" strings: this looks like bpftool's JSON");
  format.format = ImportFormat::bpftool_json;
  EXPECT_EQ(read(kBpftools, format), kRead);
  EXPECT_EQ(read(with_values(kBoth), format), "key: expected an array of \"0x..\" strings, got string");
}

TEST(EntryJson, WrongBytesOfBpftoolsAreNamed) {
  const auto entry = [](const std::string& key, const std::string& values) {
    return "{\"key\":" + key + ",\"values\":" + values + "}";
  };
  const std::string key = R"(["0x01","0x02"])";
  EXPECT_EQ(read(entry(R"(["0x01"])", "[]")), "key: expected 2 bytes, got 1");
  EXPECT_EQ(read(entry(R"(["0x01","0x02","0x03"])", "[]")), "key: expected 2 bytes, got 3");
  EXPECT_EQ(read(entry(R"(["0x01","0x0g"])", "[]")), "key: 0x0g is not a byte as bpftool prints them (0x..)");
  EXPECT_EQ(read(entry(R"(["0x01",2])", "[]")), "key: 2 is not a byte as bpftool prints them (0x..)");
  EXPECT_EQ(read(entry(key, "[]")), "no value for CPU 0,2");
  EXPECT_EQ(read(entry(key, R"([{"cpu":1}])")), "CPU 2: no \"value\"");
  EXPECT_EQ(read(entry(key, R"([{"cpu":1,"value":"0b"}])")),
            "CPU 2: expected an array of \"0x..\" strings, got string");
  EXPECT_EQ(read(entry(key, R"([{"cpu":2,"value":["0x0b"]}])")),
            "bpftool's CPU 2 is beyond the 2 possible ones of this machine");
}

TEST(EntryJson, ArraysThatAreNotBpftoolsAreOurs) {
  EXPECT_EQ(read(R"({"key":["01","02"],"values":[]})"),
            "key: expected a string of 4 hexadecimal digits, got array");
}

TEST(EntryJson, NumbersBeyondAllRangesAreErrorsWhereTheyAreRead) {
  EXPECT_EQ(read(R"({"other":1e999,"key":"0102","values":[)" + kBoth + "]}"), kRead);
  EXPECT_EQ(read(R"({"key":1e999,"values":[]})"),
            "key: expected a string of 4 hexadecimal digits, got number");
}

TEST(EntryJson, DeepNestingIsAnError) {
  const std::string deep = "{\"more\":" + std::string(100'000, '[');
  EXPECT_EQ(read(deep), "more than 64 levels of brackets");
}

TEST(EntryJson, InvalidUtf8IsAnError) {
  EXPECT_EQ(read("{\"key\":\"\xff\"}"), "not JSON near character 9 of the entry");
}

}  // namespace
}  // namespace percpumap
