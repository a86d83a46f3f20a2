#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "types/format.h"

namespace percpumap {
namespace {

// The writer's text; fails the test where it goes beyond its width, or overwrites more than its slack.
std::string text_of(const Layout& layout, const Notation& notation, Bytes bytes) {
  constexpr char kUntouched = '#';
  const ValueWriter writer(layout, notation);
  std::string room(writer.width() + ValueWriter::kSlack + 8, kUntouched);
  const auto size = static_cast<size_t>(writer.write(room.data(), bytes) - room.data());
  EXPECT_LE(size, writer.width());
  EXPECT_EQ(room.substr(writer.width() + ValueWriter::kSlack), std::string(8, kUntouched));
  return room.substr(0, size);
}

constexpr Notation kText{.form = Notation::Form::text};
constexpr Notation kBare{.form = Notation::Form::bare};
constexpr Notation kJson{};

template <typename Integer>
std::string decimal(Integer value) {
  const Layout layout = Layout::integer(sizeof value, std::numeric_limits<Integer>::is_signed);
  const Bytes bytes = std::as_bytes(std::span(&value, 1));
  std::string text = text_of(layout, kText, bytes);
  EXPECT_EQ(text_of(layout, kJson, bytes), text);
  return text;
}

std::vector<std::byte> counting(size_t size) {
  std::vector<std::byte> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = std::byte(i * 17 + 10);
  return bytes;
}

TEST(Format, IntegersAreDecimalToTheirLimits) {
  EXPECT_EQ(decimal(uint8_t{255}), "255");
  EXPECT_EQ(decimal(int8_t{-128}), "-128");
  EXPECT_EQ(decimal(uint16_t{65535}), "65535");
  EXPECT_EQ(decimal(int16_t{-32768}), "-32768");
  EXPECT_EQ(decimal(uint32_t{4294967295U}), "4294967295");
  EXPECT_EQ(decimal(std::numeric_limits<int32_t>::min()), "-2147483648");
  EXPECT_EQ(decimal(std::numeric_limits<uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(decimal(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(decimal(std::numeric_limits<int64_t>::max()), "9223372036854775807");
  EXPECT_EQ(decimal(uint32_t{0}), "0");
}

TEST(Format, BytesAreOneRunWhereCompact) {
  EXPECT_EQ(text_of(Layout::bytes(4), kBare, counting(4)), "0a1b2c3d");
  EXPECT_EQ(text_of(Layout::bytes(1), kBare, counting(1)), "0a");
}

TEST(Format, BytesArePairsInText) {
  EXPECT_EQ(text_of(Layout::bytes(1), kText, counting(1)), "0a");
  EXPECT_EQ(text_of(Layout::bytes(2), kText, counting(2)), "0a 1b");
  EXPECT_EQ(text_of(Layout::bytes(3), kText, counting(3)), "0a 1b 2c");
  EXPECT_EQ(text_of(Layout::bytes(0), kText, {}), "");
}

TEST(Format, PairsAreTheRunWithSpaces) {
  for (size_t size = 1; size <= 300; ++size) {
    const auto bytes = counting(size);
    std::string expected;
    for (const std::byte& byte : bytes) expected += " " + to_hex(Bytes(&byte, 1));
    ASSERT_EQ(text_of(Layout::bytes(size), kText, bytes), expected.substr(1)) << size;
  }
}

// As unsigned and signed integers of every size.
void expect_as_the_library_writes(uint64_t value) {
  const auto check = [](auto integer) { ASSERT_EQ(decimal(integer), std::to_string(integer)); };
  check(value);
  check(static_cast<int64_t>(value));
  check(static_cast<uint32_t>(value));
  check(static_cast<int32_t>(value));
  check(static_cast<uint16_t>(value));
  check(static_cast<int16_t>(value));
  check(static_cast<uint8_t>(value));
  check(static_cast<int8_t>(value));
}

TEST(Format, PowersOfTenAndTheirNeighbours) {
  uint64_t power = 1;
  for (int digits = 1; digits <= 20; ++digits, power *= 10) {
    for (const uint64_t value : {power - 1, power, power + 1, 5 * power}) {
      expect_as_the_library_writes(value);
      expect_as_the_library_writes(0 - value);
    }
  }
}

TEST(Format, PowersOfTwoAndTheirNeighbours) {
  for (int bit = 0; bit < 64; ++bit) {
    const uint64_t power = uint64_t{1} << bit;
    for (const uint64_t value : {power - 1, power, power + 1}) expect_as_the_library_writes(value);
  }
}

// Every four digits in every place where four digits are converted together.
TEST(Format, EveryFourDigits) {
  for (uint64_t four = 0; four < 10000; ++four) {
    expect_as_the_library_writes(four);
    for (const uint64_t scale : {10'000ULL, 100'000'000ULL, 1'000'000'000'000ULL}) {
      ASSERT_EQ(decimal(four * scale), std::to_string(four * scale));
      ASSERT_EQ(decimal(four * scale + 9999 - four), std::to_string(four * scale + 9999 - four));
    }
    const uint64_t sixteen = four * 1'0000'0000'0000 + (9999 - four) * 1'0000'0000 + four * 1'0000 + four;
    ASSERT_EQ(decimal(18'0000'0000'0000'0000 + sixteen), std::to_string(18'0000'0000'0000'0000 + sixteen));
  }
}

TEST(Format, RandomIntegersReadAsTheLibraryWritesThem) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t value = random();
    expect_as_the_library_writes(value >> random() % 64);
  }
}

template <typename Value>
std::string written(const Field& field, const Value& value, const Notation& notation = kJson) {
  LayoutBuilder builder;
  builder.add(field);
  return text_of(builder.finish(), notation, std::as_bytes(std::span(&value, 1)));
}

Field field_of(Kind kind, uint32_t size) {
  Field field;
  field.kind = kind;
  field.size = size;
  return field;
}

TEST(Format, BooleansAreTrueWhateverTheByte) {
  EXPECT_EQ(written(field_of(Kind::boolean, 1), uint8_t{0}), "false");
  EXPECT_EQ(written(field_of(Kind::boolean, 1), uint8_t{1}), "true");
  EXPECT_EQ(written(field_of(Kind::boolean, 1), uint8_t{2}), "true");
}

TEST(Format, FloatsAreTheShortestThatReadsBack) {
  EXPECT_EQ(written(field_of(Kind::floating, 8), 0.1), "0.1");
  EXPECT_EQ(written(field_of(Kind::floating, 4), 0.1F), "0.1");
  EXPECT_EQ(written(field_of(Kind::floating, 8), -0.0), "-0");
  EXPECT_EQ(written(field_of(Kind::floating, 8), -std::numeric_limits<double>::min()),
            "-2.2250738585072014e-308");
}

TEST(Format, FloatsThatJsonLacksAreStrings) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(written(field_of(Kind::floating, 8), infinity), "\"inf\"");
  EXPECT_EQ(written(field_of(Kind::floating, 8), -infinity), "\"-inf\"");
  EXPECT_EQ(written(field_of(Kind::floating, 8), std::numeric_limits<double>::quiet_NaN()), "\"nan\"");
  EXPECT_EQ(written(field_of(Kind::floating, 8), -infinity, kBare), "-inf");
}

TEST(Format, TextEndsAtItsFirstNul) {
  const char comm[8] = "ab\0cdef";
  EXPECT_EQ(written(field_of(Kind::text, 8), comm), "\"ab\"");
  EXPECT_EQ(written(field_of(Kind::text, 8), comm, kText), "ab");
  const char full[4] = {'a', 'b', 'c', 'd'};
  EXPECT_EQ(written(field_of(Kind::text, 4), full), "\"abcd\"");
}

TEST(Format, NothingThatATerminalObeysIsLeftInText) {
  const char hostile[16] = "\x1b[31m\"\\\n\xc2\x9b\xff";
  EXPECT_EQ(written(field_of(Kind::text, 16), hostile), R"("\u001b[31m\"\\\n\u009b\u00ff")");
  EXPECT_EQ(written(field_of(Kind::text, 16), hostile, kText), R"(\x1b[31m"\\n\xc2\x9b\xff)");
  const char turned[8] =
      "a\xe2\x80\xae"
      "b";  // U+202E, right-to-left override
  EXPECT_EQ(written(field_of(Kind::text, 8), turned), R"("a\u202eb")");
}

TEST(Format, AddressesHaveTheirUsualForm) {
  const uint8_t ipv4[4] = {10, 0, 0, 255};
  const uint8_t ipv6[16] = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  const uint8_t mac[6] = {0x02, 0x42, 0xac, 0x11, 0x00, 0x02};
  EXPECT_EQ(written(field_of(Kind::ipv4, 4), ipv4), "\"10.0.0.255\"");
  EXPECT_EQ(written(field_of(Kind::ipv6, 16), ipv6, kText), "fe80::1");
  EXPECT_EQ(written(field_of(Kind::mac, 6), mac, kBare), "02:42:ac:11:00:02");
}

TEST(Format, NetworkOrderAndBitFields) {
  const uint8_t port[2] = {0x01, 0xbb};
  Field big = field_of(Kind::integer, 2);
  big.big_endian = true;
  EXPECT_EQ(written(big, port), "443");
  const uint16_t bits = 0b0000'0101'1010'0000;
  Field five = field_of(Kind::integer, 2);
  five.bit_offset = 5;
  five.bit_size = 6;
  EXPECT_EQ(written(five, bits), "45");
  five.is_signed = true;
  EXPECT_EQ(written(five, bits), "-19");
}

TEST(Format, EnumerationsAreNamesAndUnknownOnesNumbersInQuotes) {
  LayoutBuilder builder;
  Field field = field_of(Kind::enumeration, 4);
  field.choices = builder.choices({{"TCP", 6}, {"UDP", 17}, {"ALSO_TCP", 6}, {"12", 12}});
  builder.add(field);
  const Layout layout = builder.finish();
  const auto text = [&](uint32_t value) {
    return text_of(layout, kJson, std::as_bytes(std::span(&value, 1)));
  };
  EXPECT_EQ(text(6), "\"TCP\"");
  EXPECT_EQ(text(17), "\"UDP\"");
  EXPECT_EQ(text(12), "\"12\"");
  EXPECT_EQ(text(0), "\"0\"");
}

TEST(Format, DisplaysAreForPeopleOnly) {
  Field field = field_of(Kind::integer, 8);
  field.display = Display::hex;
  EXPECT_EQ(written(field, uint64_t{255}, kText), "0xff");
  EXPECT_EQ(written(field, uint64_t{255}, kBare), "255");
  field.display = Display::duration;
  EXPECT_EQ(written(field, uint64_t{999}, kText), "999 ns");
  EXPECT_EQ(written(field, uint64_t{1'000}, kText), "1.000 us");
  EXPECT_EQ(written(field, uint64_t{12'345'678}, kText), "12.345 ms");
  EXPECT_EQ(written(field, ~uint64_t{0}, kText), "18446744073.709 s");
  EXPECT_EQ(written(field, uint64_t{12'345'678}), "12345678");
}

TEST(Format, StructuresOfStructuresArraysAndUnions) {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = 12});
  builder.begin({.kind = Kind::array, .size = 4, .count = 2, .name = "pair"});
  builder.add(field_of(Kind::integer, 2));
  builder.end();
  builder.begin(
      {.kind = Kind::one_of, .offset = 4, .size = 4});  // anonymous: its members are the structure's
  Field member = field_of(Kind::integer, 4);
  member.name = "a";
  builder.add(member);
  member.size = 1;
  member.name = "b\"";
  builder.add(member);
  builder.end();
  builder.begin({.kind = Kind::structure, .offset = 8, .size = 4, .name = "empty"});
  builder.end();
  builder.end();
  const Layout layout = builder.finish();
  const uint16_t value[6] = {1, 2, 0x0104, 0, 9, 9};
  const Bytes bytes = std::as_bytes(std::span(value));
  EXPECT_EQ(text_of(layout, kJson, bytes), R"({"pair":[1,2],"a":260,"b\"":4,"empty":{}})");
  EXPECT_EQ(text_of(layout, kText, bytes), text_of(layout, kJson, bytes));
  EXPECT_EQ(text_of(layout, {.pretty = true, .depth = 1}, bytes), R"({
    "pair": [
      1,
      2
    ],
    "a": 260,
    "b\"": 4,
    "empty": {}
  })");
}

}  // namespace
}  // namespace percpumap
