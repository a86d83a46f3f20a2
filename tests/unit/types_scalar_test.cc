#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "types/scalar.h"

namespace percpumap {
namespace {

Field integer(uint32_t size, bool is_signed) {
  return {.kind = Kind::integer, .is_signed = is_signed, .size = size};
}

TEST(LoadInteger, ExtendsTheSignOfSignedFieldsOnly) {
  const std::vector<std::byte> ones(8, std::byte{0xff});
  for (const uint32_t size : {1U, 2U, 4U, 8U}) {
    EXPECT_EQ(load_integer(integer(size, true), ones.data()), ~uint64_t{0}) << size;
    EXPECT_EQ(load_integer(integer(size, false), ones.data()), ~uint64_t{0} >> (64 - 8 * size)) << size;
  }
}

TEST(LoadInteger, NeedsNoAlignment) {
  const uint64_t value = 0x0123456789abcdef;
  std::vector<std::byte> bytes(9);
  std::memcpy(bytes.data() + 1, &value, sizeof value);
  EXPECT_EQ(load_integer(integer(8, false), bytes.data() + 1), value);
}

TEST(LoadInteger, ReadsNetworkOrder) {
  const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};
  Field field = integer(8, false);
  field.big_endian = true;
  EXPECT_EQ(load_integer(field, reinterpret_cast<const std::byte*>(bytes)), 0x0102030405060708U);
}

// A bit-field wherever it can stand, in nine bytes too; what is around it stays.
TEST(StoreInteger, LeavesTheBitsAroundABitFieldAlone) {
  std::mt19937_64 random(3);
  for (unsigned bits = 1; bits <= 64; ++bits) {
    for (unsigned offset = 0; offset < 8; ++offset) {
      Field field = integer((offset + bits + 7) / 8, bits % 2 == 0);
      field.bit_offset = static_cast<uint8_t>(offset);
      field.bit_size = static_cast<uint8_t>(bits);
      std::vector<std::byte> bytes(field.size);
      for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
      const auto before = bytes;
      const uint64_t old = load_integer(field, bytes.data());
      const uint64_t value = random();
      store_integer(field, value, bytes.data());
      const uint64_t mask = ~uint64_t{0} >> (64 - bits);
      ASSERT_EQ(load_integer(field, bytes.data()) & mask, value & mask) << bits << " at " << offset;
      store_integer(field, old, bytes.data());
      ASSERT_EQ(bytes, before) << bits << " at " << offset;
    }
  }
}

TEST(LoadFloating, KnowsBothSizes) {
  std::vector<std::byte> bytes(8);
  const Field wide{.kind = Kind::floating, .size = 8};
  const Field narrow{.kind = Kind::floating, .size = 4};
  store_floating(wide, 0.1, bytes.data());
  EXPECT_EQ(load_floating(wide, bytes.data()), 0.1);
  store_floating(narrow, 0.1, bytes.data());
  EXPECT_EQ(load_floating(narrow, bytes.data()), double{0.1F});
}

}  // namespace
}  // namespace percpumap
