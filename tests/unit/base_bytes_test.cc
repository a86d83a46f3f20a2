#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace percpumap {
namespace {

TEST(RoundUp8, GoesToTheNextMultipleOfEight) {
  EXPECT_EQ(round_up8(0), 0U);
  EXPECT_EQ(round_up8(1), 8U);
  EXPECT_EQ(round_up8(8), 8U);
  EXPECT_EQ(round_up8(9), 16U);
  EXPECT_EQ(round_up8(1000), 1000U);
}

TEST(Hex, WritesLowerCaseDigitsInMemoryOrder) {
  const std::array bytes = {std::byte{0x00}, std::byte{0x0a}, std::byte{0xff}, std::byte{0x7f}};
  EXPECT_EQ(to_hex(bytes), "000aff7f");
}

TEST(Hex, WriteReturnsTheEnd) {
  std::array<char, 5> out = {'.', '.', '.', '.', '.'};
  const std::array bytes = {std::byte{0x12}, std::byte{0x34}};
  EXPECT_EQ(write_hex(out.data(), bytes), out.data() + 4);
  EXPECT_EQ(std::string_view(out.data(), out.size()), "1234.");
}

TEST(Hex, OfNothingIsEmpty) {
  EXPECT_EQ(to_hex({}), "");
  EXPECT_EQ(write_hex_pairs(nullptr, {}), nullptr);
}

std::string digits_of(size_t byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {digits[byte / 16], digits[byte % 16]};
}

// Every byte value at every place of a value of every size, with nothing written behind the end.
TEST(Hex, EveryByteAtEveryPlace) {
  for (size_t size = 1; size <= 70; ++size) {
    for (size_t first = 0; first < 256; ++first) {
      std::vector<std::byte> bytes(size);
      std::string run, pairs;
      for (size_t i = 0; i < size; ++i) {
        const size_t byte = (first + 37 * i) % 256;
        bytes[i] = std::byte(byte);
        run += digits_of(byte);
        pairs += (i > 0 ? " " : "") + digits_of(byte);
      }
      std::string out(3 * size, '.');
      ASSERT_EQ(write_hex(out.data(), bytes), out.data() + 2 * size);
      ASSERT_EQ(out, run + std::string(size, '.'));
      out.assign(3 * size, '.');
      ASSERT_EQ(write_hex_pairs(out.data(), bytes), out.data() + 3 * size - 1);
      ASSERT_EQ(out, pairs + ".");
    }
  }
}

TEST(Hex, ReadsBothCases) {
  std::array<std::byte, 3> out{};
  ASSERT_TRUE(from_hex("aBCd0F", out));
  EXPECT_EQ(to_hex(out), "abcd0f");
}

TEST(Hex, RefusesAnotherNumberOfDigits) {
  std::array<std::byte, 2> out{};
  EXPECT_FALSE(from_hex("", out));
  EXPECT_FALSE(from_hex("abc", out));
  EXPECT_FALSE(from_hex("abcde", out));
}

TEST(Hex, RefusesWhatIsNoDigit) {
  std::array<std::byte, 2> out{};
  for (const char* text : {"0x12", "12 4", "g000", "000/", "000:", "000@", "000`", "-123"}) {
    EXPECT_FALSE(from_hex(text, out)) << text;
  }
}

TEST(Hex, EveryByteComesBack) {
  for (int value = 0; value < 256; ++value) {
    const std::array in = {std::byte(value)};
    std::array<std::byte, 1> out{};
    ASSERT_TRUE(from_hex(to_hex(in), out));
    EXPECT_EQ(out, in) << value;
  }
}

}  // namespace
}  // namespace percpumap
