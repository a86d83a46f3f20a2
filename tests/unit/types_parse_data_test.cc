#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <vector>

#include "base/error.h"
#include "types/format.h"
#include "types/parse.h"
#include "types/scalar.h"

namespace percpumap {
namespace {

const Layout kU8 = Layout::integer(1, false);
const Layout kI8 = Layout::integer(1, true);
const Layout kU16 = Layout::integer(2, false);
const Layout kU32 = Layout::integer(4, false);
const Layout kI32 = Layout::integer(4, true);
const Layout kU64 = Layout::integer(8, false);
const Layout kI64 = Layout::integer(8, true);

std::vector<std::string> split(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

std::vector<std::byte> parsed(const std::string& line, const Layout& layout, std::string_view what = "key") {
  std::vector<std::byte> out(layout.size());
  parse_data(split(line), layout, what, out);
  return out;
}

// What the words come to: the bytes as hexadecimal digits, or the message (and the hint in brackets).
std::string result(const std::string& line, const Layout& layout, std::string_view what = "key") {
  try {
    return to_hex(parsed(line, layout, what));
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    return error.what() + (error.hint.empty() ? "" : " [" + error.hint + "]");
  }
}

std::string message(const std::string& line, const Layout& layout, std::string_view what = "key") {
  const std::string text = result(line, layout, what);
  return text.substr(0, text.find(" ["));
}

TEST(ParseBytes, DecimalAndHexadecimalMix) {
  EXPECT_EQ(result("10 0x0a 255 0XfF", Layout::bytes(4)), "0a0affff");
}

TEST(ParseBytes, RefusesWhatNoByteHolds) {
  EXPECT_EQ(result("0 256 0 0", Layout::bytes(4)), "key: byte 256 is out of range 0..255");
  EXPECT_EQ(result("0x100 0", Layout::bytes(2), "value"), "value: byte 0x100 is out of range 0..255");
  EXPECT_EQ(result("-1 0", Layout::bytes(2)), "key: byte -1 is out of range 0..255");
  EXPECT_EQ(result("0 99999999999999999999", Layout::bytes(2)),
            "key: byte 99999999999999999999 is out of range 0..255");
}

TEST(ParseBytes, RefusesWhatIsNoNumber) {
  EXPECT_EQ(result("0 ff", Layout::bytes(2)),
            "key: \"ff\" is not a byte [bytes are 0 to 255, or 0x00 to 0xff; after the word hex all are "
            "hexadecimal]");
  for (const char* word : {"1.5", "1e1", "0x", "x1", "--1", "+1", "0xg", "1,", "0b1", "hex"}) {
    EXPECT_EQ(message("0 " + std::string(word), Layout::bytes(2)),
              "key: \"" + std::string(word) + "\" is not a byte");
  }
}

TEST(ParseBytes, LeadingZeroIsFineWhereOctalAndDecimalAgree) {
  EXPECT_EQ(result("00 01 07 0", Layout::bytes(4)), "00010700");
}

TEST(ParseBytes, RefusesALongerWordWithLeadingZero) {
  EXPECT_EQ(result("0 010", Layout::bytes(2)),
            "key: 010: octal or decimal? [write decimal numbers without leading zeros (8), others in "
            "hexadecimal (0x8)]");
  EXPECT_EQ(message("08 0", Layout::bytes(2)), "key: 08: octal or decimal?");
  EXPECT_EQ(message("0 007", Layout::bytes(2)), "key: 007: octal or decimal?");
}

TEST(ParseBytes, WrongNumberNamesBothCounts) {
  EXPECT_EQ(result("0x01 0x02", Layout::bytes(4)), "key: expected 4 bytes, got 2 (0x01 0x02)");
  EXPECT_EQ(result("1 2", Layout::bytes(1), "value"), "value: expected 1 byte, got 2 (1 2)");
  EXPECT_EQ(result("", Layout::bytes(4)), "key: expected 4 bytes, got 0");
}

TEST(ParseBytes, LongListsAreCutInTheMessage) {
  EXPECT_EQ(result("1 2 3 4 5 6 7 8 9 10", Layout::bytes(4)),
            "key: expected 4 bytes, got 10 (1 2 3 4 5 6 7 8 ...)");
}

TEST(ParseBytes, OneWordForALongerKeySuggestsAType) {
  EXPECT_EQ(
      result("eth0", Layout::bytes(4)),
      "key: expected 4 bytes, got 1 (eth0) [give 4 bytes, or the word hex and 8 digits, or the type of such "
      "a literal with --key-type]");
  EXPECT_NE(result("42", Layout::bytes(8), "value").find("--value-type"), std::string::npos);
}

TEST(ParseBytes, OneByteKeyIsOneWord) {
  EXPECT_EQ(result("7", Layout::bytes(1)), "07");
  EXPECT_EQ(result("256", Layout::bytes(1)), "key: byte 256 is out of range 0..255");
  EXPECT_EQ(message("tcp", Layout::bytes(1)), "key: \"tcp\" is not a byte");
}

TEST(ParseBytes, MessagesHoldNoControlCharacters) {
  std::vector<std::byte> out(1);
  const std::vector<std::string> words = {"\x1b[31m"};
  try {
    parse_data(words, Layout::bytes(1), "key", out);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "key: \"?[31m\" is not a byte");
  }
}

TEST(ParseHex, WordsHaveOneOrTwoDigits) {
  EXPECT_EQ(result("hex a 0b 0xC 0x0d", Layout::bytes(4)), "0a0b0c0d");
  EXPECT_EQ(result("hex 10 11", Layout::bytes(2)), "1011");
  EXPECT_EQ(result("hex f", Layout::bytes(1)), "0f");
  EXPECT_EQ(result("hex 08 09", Layout::bytes(2)), "0809");
}

TEST(ParseHex, RunIsInMemoryOrder) {
  EXPECT_EQ(result("hex 0a000001", Layout::bytes(4)), "0a000001");
  EXPECT_EQ(result("hex DEADBEEF", Layout::bytes(4)), "deadbeef");
  EXPECT_EQ(result("hex 0a000001", kU32), "0a000001");
}

TEST(ParseHex, RefusesWordsThatAreNoByte) {
  for (const char* word : {"100", "g", "0x", "-1", "0x100", "0x0x1"}) {
    EXPECT_EQ(message("hex 00 " + std::string(word), Layout::bytes(2)),
              "key: \"" + std::string(word) + "\" is not a hexadecimal byte");
  }
}

TEST(ParseHex, RefusesARunOfAnotherLength) {
  EXPECT_EQ(result("hex 0a0000", Layout::bytes(4)),
            "key: expected 8 hexadecimal digits (4 bytes), got 6 (0a0000)");
  EXPECT_EQ(result("hex 0a0000011", Layout::bytes(4)),
            "key: expected 8 hexadecimal digits (4 bytes), got 9 (0a0000011)");
}

TEST(ParseHex, RefusesARunWithOtherCharacters) {
  EXPECT_EQ(result("hex 0a00000g", Layout::bytes(4)), "key: \"0a00000g\" is not hexadecimal");
  EXPECT_EQ(message("hex 0x0a000001", Layout::bytes(4)),
            "key: 0x0a000001 after the word hex reads like a number");
}

TEST(ParseHex, WrongNumberOfWordsNamesBothCounts) {
  EXPECT_EQ(message("hex", Layout::bytes(4)), "key: expected 4 bytes, got 0");
  EXPECT_EQ(message("hex 1", Layout::bytes(4)), "key: expected 4 bytes, got 1 (1)");
  EXPECT_EQ(message("hex 1 2 3", kU32), "key: expected 4 bytes, got 3 (1 2 3)");
}

TEST(ParseLiteral, IsStoredAsTheMachineStoresIt) {
  EXPECT_EQ(load_integer(kU32.root(), parsed("42", kU32).data()), 42U);
  EXPECT_EQ(load_integer(kU32.root(), parsed("0xdeadbeef", kU32).data()), 0xdeadbeef);
  EXPECT_EQ(load_integer(kI32.root(), parsed("-1", kI32).data()), ~uint64_t{0});
  EXPECT_EQ(load_integer(kI32.root(), parsed("-0x10", kI32).data()), static_cast<uint64_t>(-16));
  EXPECT_EQ(load_integer(kU64.root(), parsed("18446744073709551615", kU64).data()), ~uint64_t{0});
}

TEST(ParseLiteral, OverflowNamesTheRange) {
  EXPECT_EQ(result("4294967296", kU32), "key: 4294967296 is out of range 0..4294967295 of u32");
  EXPECT_EQ(result("-1", kU32), "key: -1 is out of range 0..4294967295 of u32");
  EXPECT_EQ(result("0x10000", kU16, "value"), "value: 0x10000 is out of range 0..65535 of u16");
  EXPECT_EQ(result("2147483648", kI32), "key: 2147483648 is out of range -2147483648..2147483647 of i32");
  EXPECT_EQ(result("-2147483649", kI32), "key: -2147483649 is out of range -2147483648..2147483647 of i32");
  EXPECT_EQ(result("18446744073709551616", kU64),
            "key: 18446744073709551616 is out of range 0..18446744073709551615 of u64");
  EXPECT_EQ(result("9223372036854775808", kI64),
            "key: 9223372036854775808 is out of range -9223372036854775808..9223372036854775807 of i64");
}

TEST(ParseLiteral, AcceptsTheEndsOfTheRange) {
  EXPECT_EQ(load_integer(kI32.root(), parsed("-2147483648", kI32).data()), static_cast<uint64_t>(INT32_MIN));
  EXPECT_EQ(load_integer(kI64.root(), parsed("-9223372036854775808", kI64).data()),
            static_cast<uint64_t>(INT64_MIN));
  EXPECT_EQ(load_integer(kI64.root(), parsed("9223372036854775807", kI64).data()),
            static_cast<uint64_t>(INT64_MAX));
}

TEST(ParseLiteral, RefusesALeadingZero) {
  EXPECT_EQ(message("007", kU32), "key: 007: octal or decimal?");
  EXPECT_EQ(message("-010", kI32), "key: -010: octal or decimal?");
  EXPECT_EQ(message("007", kU8), "key: 007: octal or decimal?");
}

TEST(ParseLiteral, RefusesWhatIsNoNumber) {
  EXPECT_EQ(result("tcp", kU32),
            "key: \"tcp\" is not a number (u32) [write it in decimal, or in hexadecimal with 0x]");
  EXPECT_EQ(message("1.0", kU64), "key: \"1.0\" is not a number (u64)");
  EXPECT_EQ(message("ff", kU8), "key: \"ff\" is not a number (u8)");
}

TEST(ParseLiteral, AsManyWordsAsBytesAreBytes) {
  EXPECT_EQ(result("1 2 3 4", kU32), "01020304");
}

TEST(ParseLiteral, AnotherNumberOfWordsIsNeither) {
  EXPECT_EQ(result("1 2", kU32), "key: expected 4 bytes, got 2 (1 2) [or give one u32]");
}

TEST(ParseLiteral, OneByteKeyTakesAByteElseALiteral) {
  EXPECT_EQ(result("255", kU8), "ff");
  EXPECT_EQ(result("-1", kI8), "ff");
  EXPECT_EQ(result("-128", kI8), "80");
  EXPECT_EQ(result("200", kI8), "c8");
  EXPECT_EQ(result("07", kI8), "07");
  EXPECT_EQ(result("-129", kI8), "key: -129 is out of range -128..127 of i8");
  EXPECT_EQ(result("256", kU8), "key: 256 is out of range 0..255 of u8");
}

TEST(ParseData, ComesBackFromItsText) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 2000; ++i) {
    for (const Layout& layout : {kU8, kI8, kU16, kU32, kI32, kU64, kI64, Layout::bytes(7)}) {
      std::vector<std::byte> bytes(layout.size());
      for (std::byte& byte : bytes) byte = std::byte(random() % 4 != 0 ? random() : 0);
      std::string text = format_value(layout, {.form = Notation::Form::text}, bytes);
      if (layout.is_bytes()) text.insert(0, "hex ");
      ASSERT_EQ(result(text, layout), to_hex(bytes)) << text << " as " << layout.name();
    }
  }
}

}  // namespace
}  // namespace percpumap
