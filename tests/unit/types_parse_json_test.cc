#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/error.h"
#include "types/format.h"
#include "types/parse.h"
#include "types/scalar.h"

namespace percpumap {
namespace {

const Layout kU8 = Layout::integer(1, false);
const Layout kU32 = Layout::integer(4, false);
const Layout kI32 = Layout::integer(4, true);
const Layout kU64 = Layout::integer(8, false);
const Layout kI64 = Layout::integer(8, true);

template <typename Parse>
std::string message_of(Parse parse) {
  try {
    parse();
    return "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    return error.what();
  }
}

std::vector<std::byte> parsed(std::string_view json, const Layout& layout,
                              WideNumbers wide = WideNumbers::numbers) {
  std::vector<std::byte> out(layout.size());
  JsonReader reader(json, "the value");
  parse_json(reader, layout, wide, "value", out);
  reader.end();
  return out;
}

uint64_t number(std::string_view json, const Layout& layout, WideNumbers wide = WideNumbers::numbers) {
  return load_integer(layout.root(), parsed(json, layout, wide).data());
}

std::string refusal(std::string_view json, const Layout& layout, WideNumbers wide = WideNumbers::numbers) {
  return message_of([&] { parsed(json, layout, wide); });
}

TEST(ParseJson, NumbersAreExactTo64Bits) {
  EXPECT_EQ(number("18446744073709551615", kU64), ~uint64_t{0});
  EXPECT_EQ(number("9007199254740993", kU64), 9007199254740993U);  // a double would round it
  EXPECT_EQ(number("-9223372036854775808", kI64), static_cast<uint64_t>(INT64_MIN));
  EXPECT_EQ(number("-1", kI32), ~uint64_t{0});
  EXPECT_EQ(number("0", kU32), 0U);
}

TEST(ParseJson, StringsOfDigitsAreNumbersWhereItIsSaid) {
  EXPECT_EQ(number("\"18446744073709551615\"", kU64, WideNumbers::strings), ~uint64_t{0});
  EXPECT_EQ(number("\"-5\"", kI64, WideNumbers::strings), static_cast<uint64_t>(-5));
  EXPECT_EQ(number("5", kU64, WideNumbers::strings), 5U);
}

// Eight bytes in hexadecimal, from a dump without types, must never pass for a decimal number.
TEST(ParseJson, StringsOfDigitsAreNoNumbersUnlessItIsSaid) {
  EXPECT_EQ(refusal("\"1000000000000000\"", kU64),
            "value: expected an integer (u64), got the string \"1000000000000000\"");
  EXPECT_EQ(refusal("\"10000000\"", kU32, WideNumbers::strings),
            "value: expected an integer (u32), got the string \"10000000\"");
}

TEST(ParseJson, OutOfRangeNamesTheRange) {
  EXPECT_EQ(refusal("256", kU8), "value: 256 is out of range 0..255 of u8");
  EXPECT_EQ(refusal("-1", kU32), "value: -1 is out of range 0..4294967295 of u32");
  EXPECT_EQ(refusal("2147483648", kI32), "value: 2147483648 is out of range -2147483648..2147483647 of i32");
  EXPECT_EQ(refusal("\"18446744073709551616\"", kU64, WideNumbers::strings),
            "value: 18446744073709551616 is out of range 0..18446744073709551615 of u64");
}

TEST(ParseJson, NumbersBeyond64BitsAreRefused) {
  EXPECT_EQ(refusal("18446744073709551616", kU64),
            "value: 18446744073709551616 is out of range 0..18446744073709551615 of u64");
  EXPECT_EQ(refusal("-9223372036854775809", kI64),
            "value: -9223372036854775809 is out of range -9223372036854775808..9223372036854775807 of i64");
}

TEST(ParseJson, FloatsAreRefused) {
  EXPECT_EQ(refusal("1.5", kU64), "value: 1.5 is not an integer that u64 can hold");
  EXPECT_EQ(refusal("1e3", kU64), "value: 1e3 is not an integer that u64 can hold");
  EXPECT_EQ(refusal("1e999", kU64), "value: 1e999 is not an integer that u64 can hold");
}

TEST(ParseJson, NumbersRefuseOtherKinds) {
  EXPECT_EQ(refusal("true", kU8), "value: expected an integer (u8), got boolean");
  EXPECT_EQ(refusal("null", kU8), "value: expected an integer (u8), got null");
  EXPECT_EQ(refusal("[1]", kU8), "value: expected an integer (u8), got array");
  EXPECT_EQ(refusal("\"\"", kU8), "value: expected an integer (u8), got the string \"\"");
  EXPECT_EQ(refusal("\"0500000000000000\"", kU64),
            "value: expected an integer (u64), got the string \"0500000000000000\"");
}

TEST(ParseJson, BytesAreHexadecimalStrings) {
  EXPECT_EQ(to_hex(parsed("\"0a000001\"", Layout::bytes(4))), "0a000001");
  EXPECT_EQ(to_hex(parsed("\"FF\"", Layout::bytes(1))), "ff");
}

TEST(ParseJson, BytesRefuseAnotherLength) {
  EXPECT_EQ(refusal("\"0a00\"", Layout::bytes(4)),
            "value: expected 8 hexadecimal digits (4 bytes), got 4 (0a00)");
  EXPECT_EQ(refusal("\"\"", Layout::bytes(1)), "value: expected 2 hexadecimal digits (1 byte), got 0 ()");
}

TEST(ParseJson, BytesRefuseOtherCharacters) {
  EXPECT_EQ(refusal("\"0g\"", Layout::bytes(1)), "value: \"0g\" is not hexadecimal");
}

TEST(ParseJson, BytesRefuseOtherKinds) {
  EXPECT_EQ(refusal("5", Layout::bytes(8)), "value: expected a string of 16 hexadecimal digits, got number");
}

TEST(ParseJson, RandomIntegersComeBack) {
  std::mt19937_64 random(13);
  for (int i = 0; i < 2000; ++i) {
    const uint64_t value = random() >> (random() % 64);
    EXPECT_EQ(number(std::to_string(value), kU64), value);
    EXPECT_EQ(number('"' + std::to_string(value) + '"', kU64, WideNumbers::strings), value);
    EXPECT_EQ(number(std::to_string(static_cast<int64_t>(~value)), kI64), ~value);
  }
}

std::string row_of(std::string_view json, const Layout& layout, size_t cpus) {
  const size_t stride = round_up8(layout.size());
  std::vector<std::byte> row(cpus * stride, std::byte{0xee});
  parse_values(json, layout, WideNumbers::numbers, cpus, stride, row);
  return to_hex(row);
}

std::string row_refusal(std::string_view json, const Layout& layout, size_t cpus) {
  return message_of([&] { row_of(json, layout, cpus); });
}

TEST(ParseValues, OnePerCpuWithZeroPadding) {
  EXPECT_EQ(row_of(R"([ "0102030405", "0a0b0c0d0e" ])", Layout::bytes(5), 2),
            "01020304050000000a0b0c0d0e000000");
  EXPECT_EQ(row_of("[1, 2, 255]", kU8, 3), "01000000000000000200000000000000ff00000000000000");
}

TEST(ParseValues, AnotherNumberNamesBoth) {
  EXPECT_EQ(row_refusal("[1,2]", kU8, 4), "values: expected 4, one per possible CPU, got 2");
  EXPECT_EQ(row_refusal("[]", kU8, 1), "values: expected 1, one per possible CPU, got 0");
  EXPECT_EQ(row_refusal("[1,2,3]", kU8, 2), "values: expected 2, one per possible CPU, got 3");
}

TEST(ParseValues, WrongElementIsNamed) {
  EXPECT_EQ(row_refusal("[1,256]", kU8, 2), "values[1]: 256 is out of range 0..255 of u8");
}

TEST(ParseValues, RefusesWhatIsNoArray) {
  EXPECT_EQ(row_refusal("7", kU8, 1), "values: expected a JSON array, got number");
  EXPECT_EQ(row_refusal("[1,", kU8, 1), "not JSON: the array of values ends too early");
  EXPECT_EQ(row_refusal("", kU8, 1), "not JSON: the array of values ends too early");
  EXPECT_EQ(row_refusal("[1] 2", kU8, 1), "not JSON near character 5 of the array of values");
  EXPECT_EQ(row_refusal("[1,,2]", kU8, 1), "not JSON near character 4 of the array of values");
}

}  // namespace
}  // namespace percpumap
