#include <gtest/gtest.h>

#include "base/error.h"
#include "types/layout.h"

namespace percpumap {
namespace {

std::string refusal(std::string_view declaration, size_t size, std::string_view what) {
  try {
    return "accepted as " + declare_layout(declaration, size, what).name();
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    return error.what();
  }
}

TEST(Layout, IntegersAreDeclaredByName) {
  EXPECT_EQ(declare_layout("u8", 1, "key"), Layout::integer(1, false));
  EXPECT_EQ(declare_layout("u16", 2, "key"), Layout::integer(2, false));
  EXPECT_EQ(declare_layout("u32", 4, "key"), Layout::integer(4, false));
  EXPECT_EQ(declare_layout("u64", 8, "key"), Layout::integer(8, false));
  EXPECT_EQ(declare_layout("i8", 1, "key"), Layout::integer(1, true));
  EXPECT_EQ(declare_layout("i16", 2, "key"), Layout::integer(2, true));
  EXPECT_EQ(declare_layout("i32", 4, "key"), Layout::integer(4, true));
  EXPECT_EQ(declare_layout("i64", 8, "key"), Layout::integer(8, true));
}

TEST(Layout, HexIsOpaqueBytesOfTheMapsSize) {
  EXPECT_EQ(declare_layout("hex", 13, "key"), Layout::bytes(13));
}

TEST(Layout, NameIsItsDeclaration) {
  EXPECT_EQ(declare_layout("u8", 1, "key").name(), "u8");
  EXPECT_EQ(declare_layout("i64", 8, "key").name(), "i64");
  EXPECT_EQ(Layout::bytes(4).name(), "hex");
}

TEST(Layout, RefusesAnUnknownType) {
  EXPECT_EQ(refusal("u128", 16, "key"), "key: unknown type u128");
  EXPECT_EQ(refusal("", 4, "value"), "value: unknown type ");
  EXPECT_EQ(refusal("U32", 4, "value"), "value: unknown type U32");
}

TEST(Layout, RefusesATypeOfAnotherSize) {
  EXPECT_EQ(refusal("u32", 8, "value"), "value: type u32 has 4 bytes, but the map's value has 8");
  EXPECT_EQ(refusal("i8", 4, "key"), "key: type i8 has 1 byte, but the map's key has 4");
}

TEST(Layout, SumHas64BitsOfTheSameSign) {
  EXPECT_EQ(Layout::integer(4, false).sum(), Layout::integer(8, false));
  EXPECT_EQ(Layout::integer(1, true).sum(), Layout::integer(8, true));
}

}  // namespace
}  // namespace percpumap
