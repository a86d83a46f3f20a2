#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "types/format.h"

namespace percpumap {
namespace {

using Formatter = char* (*)(char*, const Layout&, Bytes);

// The formatter's text; fails the test where it goes beyond format_width().
std::string text_of(Formatter formatter, const Layout& layout, Bytes bytes) {
  constexpr char kUntouched = '#';
  const size_t width = format_width(layout);
  std::string room(width + 8, kUntouched);
  const char* const end = formatter(room.data(), layout, bytes);
  const auto size = static_cast<size_t>(end - room.data());
  EXPECT_LE(size, width);
  EXPECT_EQ(room.substr(width), std::string(8, kUntouched));
  return room.substr(0, size);
}

template <typename Integer>
std::string decimal(Integer value) {
  const Layout layout = Layout::integer(sizeof value, std::numeric_limits<Integer>::is_signed);
  const Bytes bytes = std::as_bytes(std::span(&value, 1));
  std::string text = text_of(format_text, layout, bytes);
  EXPECT_EQ(text_of(format_compact, layout, bytes), text);
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
  EXPECT_EQ(text_of(format_compact, Layout::bytes(4), counting(4)), "0a1b2c3d");
  EXPECT_EQ(text_of(format_compact, Layout::bytes(1), counting(1)), "0a");
}

TEST(Format, BytesArePairsInText) {
  EXPECT_EQ(text_of(format_text, Layout::bytes(1), counting(1)), "0a");
  EXPECT_EQ(text_of(format_text, Layout::bytes(2), counting(2)), "0a 1b");
  EXPECT_EQ(text_of(format_text, Layout::bytes(3), counting(3)), "0a 1b 2c");
  EXPECT_EQ(text_of(format_text, Layout::bytes(0), {}), "");
}

TEST(Format, PairsAreTheRunWithSpaces) {
  for (size_t size = 1; size <= 300; ++size) {
    const auto bytes = counting(size);
    std::string expected;
    for (const std::byte& byte : bytes) expected += " " + to_hex(Bytes(&byte, 1));
    ASSERT_EQ(text_of(format_text, Layout::bytes(size), bytes), expected.substr(1)) << size;
  }
}

TEST(LoadInteger, ExtendsTheSignOfSignedLayoutsOnly) {
  const std::vector<std::byte> ones(8, std::byte{0xff});
  for (const size_t size : {1, 2, 4, 8}) {
    const Bytes bytes = Bytes(ones).first(size);
    EXPECT_EQ(load_integer(Layout::integer(size, true), bytes), ~uint64_t{0}) << size;
    EXPECT_EQ(load_integer(Layout::integer(size, false), bytes), ~uint64_t{0} >> (64 - 8 * size)) << size;
  }
}

TEST(LoadInteger, NeedsNoAlignment) {
  const uint64_t value = 0x0123456789abcdef;
  std::vector<std::byte> bytes(9);
  std::memcpy(bytes.data() + 1, &value, sizeof value);
  EXPECT_EQ(load_integer(Layout::integer(8, false), Bytes(bytes).subspan(1)), value);
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

}  // namespace
}  // namespace percpumap
