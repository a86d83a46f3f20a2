#include <gtest/gtest.h>

#include "base/error.h"
#include "input/entry_reader.h"
#include "support/text_file.h"

namespace percpumap::test {
namespace {

// Keys of 2 bytes, values of 1, CPUs 0 and 2.
EntryFormat small_format() {
  EntryFormat format;
  format.key = Layout::bytes(2);
  format.value = Layout::bytes(1);
  format.shape = {2, 1, CpuList({0, 2})};
  return format;
}

EntryFormat zero_format() {
  EntryFormat format = small_format();
  format.missing_cpu_zero = true;
  return format;
}

// "line: key value value" of every entry, then the message where reading failed.
std::string read(std::string_view text, const EntryFormat& format = small_format()) {
  const TextFile file(text);
  EntryReader reader(file.fd(), format);
  Entries entries;
  std::string result;
  const auto add = [&] {
    for (size_t i = 0; i < entries.batch.count; ++i) {
      result += std::to_string(entries.lines[i]) + ": " + to_hex(entries.batch.key(format.shape, i));
      for (size_t slot = 0; slot < 2; ++slot)
        result += " " + to_hex(entries.batch.value(format.shape, i, slot));
      result += '\n';
    }
  };
  try {
    while (reader.next(entries, 2)) add();
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    add();
    result += error.what();
  }
  return result;
}

const std::string kHeader = "key,cpu,value\r\n";
const std::string kFirst = "0001,0,0a\r\n0001,2,0b\r\n";
const std::string kFirstRead = "2: 0001 0a 0b\n";

TEST(Csv, RecordsOfOneKeyAreOneEntry) {
  EXPECT_EQ(read(kHeader + kFirst + "0002,2,0d\r\n0002,0,0c\r\n0003,0,0e\r\n0003,2,0f\r\n"),
            kFirstRead + "4: 0002 0c 0d\n6: 0003 0e 0f\n");
}

TEST(Csv, NewlinesWithoutCarriageReturnDo) {
  EXPECT_EQ(read("key,cpu,value\n0001,0,0a\n0001,2,0b"), kFirstRead);
}

TEST(Csv, OtherColumnsDoNotCount) {
  EXPECT_EQ(read("key,cpu,value,sum\r\n0001,0,0a,15\r\n0001,2,0b,15\r\n"), kFirstRead);
}

TEST(Csv, CellsMayBeQuoted) {
  EXPECT_EQ(read("\"key\",cpu,value,note\n\"0001\",\"0\",\"0a\",\"a \"\"b\"\", and\n more\"\n0001,2,0b,\n"),
            kFirstRead);
  EXPECT_EQ(read(kHeader + "\"\"\"000\",0,0a\r\n"), "line 2: key: \"\"000\" is not hexadecimal");
}

TEST(Csv, BlankLinesArePassed) {
  EXPECT_EQ(read("\n" + kHeader + "\r\n" + kFirst), "4: 0001 0a 0b\n");
}

TEST(Csv, TypesAreThoseGiven) {
  EntryFormat format = small_format();
  format.key = Layout::integer(2, false);
  format.value = Layout::integer(1, true);
  EXPECT_EQ(read(kHeader + "258,0,-1\n258,2,127\n", format), "2: 0201 ff 7f\n");
  EXPECT_EQ(read(kHeader + "1,0,128\n", format), "line 2: CPU 0: value: 128 is out of range -128..127 of i8");
}

// Keys {a:u8,t:char[1]}, values a bool.
EntryFormat typed_format() {
  EntryFormat format = small_format();
  LayoutBuilder key;
  key.begin({.kind = Kind::structure, .size = 2});
  key.add({.kind = Kind::integer, .size = 1, .name = "a"});
  key.add({.kind = Kind::text, .offset = 1, .size = 1, .name = "t"});
  key.end();
  format.key = key.finish();
  LayoutBuilder value;
  value.add({.kind = Kind::boolean, .size = 1});
  format.value = value.finish();
  return format;
}

TEST(Csv, FieldsAreColumnsInAnyOrder) {
  EXPECT_EQ(read("key.a,key.t,cpu,value\n1,x,0,true\n1,x,2,false\n", typed_format()), "2: 0178 01 00\n");
  EXPECT_EQ(read("value,sum,key.t,cpu,key.a,sum\ntrue,5,\\n,0,1,6\nfalse,5,\\n,2,1,6\n", typed_format()),
            "2: 010a 01 00\n");
}

TEST(Csv, RawColumnsCountWhereTheyAreFilled) {
  EXPECT_EQ(read("key.a,key.t,cpu,value,raw_key,raw_value\n1,x,0,true,,\n1,y,2,true,0178,07\n"
                 "1,\\u00ff,0,false,01ff,\n1,\\u00ff,2,false,01ff,02\n",
                 typed_format()),
            "2: 0178 01 07\n4: 01ff 00 02\n");
  EXPECT_EQ(read("key.a,key.t,cpu,value,raw_key\n1,x,0,true,01\n", typed_format()),
            "line 2: key: expected 4 hexadecimal digits (2 bytes), got 2 (01)");
}

TEST(Csv, WrongCellsAreNamedByTheirField) {
  EXPECT_EQ(read("key.a,key.t,cpu,value\n256,x,0,true\n", typed_format()),
            "line 2: key.a: 256 is out of range 0..255 of u8");
  EXPECT_EQ(read("key.a,key.t,cpu,value\n1,x,0,yes\n", typed_format()),
            "line 2: CPU 0: value: \"yes\" is neither true nor false");
}

TEST(Csv, ColumnsOfTheTypesHaveToBeThere) {
  EXPECT_EQ(read("key,cpu,value\n", typed_format()), "line 1: the header has no column key.a");
  EXPECT_EQ(read("key.a,key.t,cpu,value,key.a\n", typed_format()), "line 1: the column key.a comes twice");
}

TEST(Csv, HeaderHasToBeThatOfADump) {
  EXPECT_EQ(read("nonsense\n"), "line 1: the header has no column key");
  EXPECT_EQ(read("key,sum\n0001,5\n"), "line 1: the header has no column cpu");
  EXPECT_EQ(read(kHeader), "");
}

TEST(Csv, WrongRecordsAreNamedByLine) {
  EXPECT_EQ(read(kHeader + kFirst + "0002,0\r\n"),
            kFirstRead + "line 4: expected 3 cells, as the header has, got 2");
  EXPECT_EQ(read(kHeader + kFirst + "0002,x,0a\r\n"),
            kFirstRead + "line 4: \"x\" is not the number of a CPU");
  EXPECT_EQ(read(kHeader + kFirst + "0002,0,0a\r\n0002,2,0\r\n"),
            kFirstRead + "line 5: CPU 2: value: expected 2 hexadecimal digits (1 byte), got 1 (0)");
  EXPECT_EQ(read(kHeader + kFirst + "00,0,0a\r\n"),
            kFirstRead + "line 4: key: expected 4 hexadecimal digits (2 bytes), got 2 (00)");
}

TEST(Csv, WrongQuotesAreNamed) {
  EXPECT_EQ(read(kHeader + "00\"01,0,0a\r\n\""), "line 2: a quote within a cell that has none around it");
  EXPECT_EQ(read(kHeader + "\"0001\"x,0,0a\r\n"), "line 2: a cell goes on behind its closing quote");
  EXPECT_EQ(read(kHeader + kFirst + "\"0001,0,0a\r\n"), kFirstRead + "line 4: a quoted cell is never closed");
}

TEST(Csv, NulByteIsAnError) {
  EXPECT_EQ(read(kHeader + "00" + std::string(1, '\0') + "01"), "line 2: a NUL byte: this is not text");
}

TEST(Csv, CpusAreChecked) {
  EXPECT_EQ(read(kHeader + "0001,1,0a\r\n"), "line 2: CPU 1 is not one of this machine (0,2)");
  EXPECT_EQ(read(kHeader + kFirst + "0001,0,0a\r\n"), "line 4: CPU 0 comes twice");
  EXPECT_EQ(read(kHeader + "0001,0,0a\r\n0002,0,0a\r\n"), "line 2: no value for CPU 2");
  EXPECT_EQ(read(kHeader + "0001,0,0a\r\n"), "line 2: no value for CPU 2");
  EXPECT_EQ(read(kHeader + "0001,0,0a\r\n0002,2,0b\r\n", zero_format()), "2: 0001 0a 00\n3: 0002 00 0b\n");
}

// The wrong record may well be what is missing, so it must not become a zero.
TEST(Csv, EntryThatLacksCpusBeforeAWrongRecordIsNotRead) {
  EXPECT_EQ(read(kHeader + "0001,0,0a\r\n0001;2;0b\r\n", zero_format()),
            "line 3: expected 3 cells, as the header has, got 1");
  EXPECT_EQ(read(kHeader + kFirst + "0001;2;0b\r\n", zero_format()),
            kFirstRead + "line 4: expected 3 cells, as the header has, got 1");
}

TEST(Csv, EndlessQuotedCellIsAnErrorNotAllMemory) {
  EXPECT_EQ(read(kHeader + "\"" + std::string(65 << 20, 'a')), "line 2: one entry of more than 64 MiB");
}

}  // namespace
}  // namespace percpumap::test
