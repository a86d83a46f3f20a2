#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "types/declare.h"
#include "types/layout.h"

namespace percpumap::test {
namespace {

Layout declared(std::string_view declaration) {
  return declare_layout(declaration, "key");
}

template <typename Call>
std::string refusal_of(const Call& call) {
  try {
    call();
    return "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    return error.hint.empty() ? error.what() : std::string(error.what()) + " (" + error.hint + ")";
  }
}

std::string refusal_of_path(std::string_view declaration, std::string_view path) {
  return refusal_of([&] { find_field(declared(declaration), path, "key"); });
}

TEST(Layout, IsAFlatListInPreOrder) {
  const Layout layout = declared("{a:u8,b:{c:u16[3]},d:u8}");
  const std::vector<uint32_t> ends = {6, 2, 5, 5, 5, 6};
  ASSERT_EQ(layout.fields().size(), ends.size());
  for (size_t i = 0; i < ends.size(); ++i) EXPECT_EQ(layout[i].end, ends[i]) << i;
}

TEST(Layout, TellsWhatCanBeAddedUp) {
  EXPECT_TRUE(declared("{a:mac,b:f32[2]}").has_numbers());
  EXPECT_FALSE(declared("{a:mac,b:bool,c:char[8]}").has_numbers());
}

TEST(Layout, CoversWhatIsNoPadding) {
  EXPECT_TRUE(declared("{a:u32,b:u32}").covered().empty());
  const Layout layout = declared("{a:u8,b:u16}[2]");
  const std::vector<std::byte> expected = {std::byte{0xff}, std::byte{0}, std::byte{0xff}, std::byte{0xff},
                                           std::byte{0xff}, std::byte{0}, std::byte{0xff}, std::byte{0xff}};
  EXPECT_EQ(std::vector<std::byte>(layout.covered().begin(), layout.covered().end()), expected);
}

TEST(Layout, PartIsALayoutOfItsOwn) {
  const Layout layout = declared("{a:u8,b:{c:u8,d:u32}[2]}");
  EXPECT_EQ(layout.part(2), declared("{c:u8,d:u32}[2]"));
  EXPECT_EQ(layout.part(3), declared("{c:u8,d:u32}"));
  EXPECT_EQ(layout.part(5), declared("u32"));
  EXPECT_EQ(layout.part(0), layout);
}

TEST(Layout, PathsLeadToFields) {
  const Layout layout = declared("{a:u8,b:{c:u8,d:u32[4]}[2]}");
  EXPECT_EQ(find_field(layout, "", "key").index, 0U);
  const FieldPlace place = find_field(layout, "b[1].d[3]", "key");
  EXPECT_EQ(layout[place.index].kind, Kind::integer);
  EXPECT_EQ(place.offset, 4 + 20 + 4 + 12U);
}

TEST(Layout, PathsThatLeadNowhereAreErrors) {
  EXPECT_EQ(refusal_of_path("{a:u8,b:u8}", "c"), "key has no field c (its members are a, b)");
  EXPECT_EQ(refusal_of_path("{a:u8}", "a.b"), "key has no field a.b (it has no members)");
  EXPECT_EQ(refusal_of_path("u8[3]", "[3]"), "key has no field [3] (its elements are [0] to [2])");
  EXPECT_EQ(refusal_of_path("u8[3]", "[1"), "key has no field [1 (its elements are [0] to [2])");
  EXPECT_EQ(refusal_of_path("u8[3]", "["), "key has no field [ (its elements are [0] to [2])");
  EXPECT_EQ(refusal_of_path("{a:{b:u8}}", "a..b"), "key has no field a..b (its members are b)");
  EXPECT_EQ(refusal_of_path("u8[3]", "[]"), "key has no field [] (its elements are [0] to [2])");
  EXPECT_EQ(refusal_of_path("{a:u8[3]}", "a.b"), "key has no field a.b (its elements are [0] to [2])");
  EXPECT_EQ(refusal_of_path("{a:u8}", "a."), "key has no field a. (it has no members)");
  EXPECT_EQ(refusal_of_path("{a:u8}", "."), "key has no field . (its members are a)");
}

TEST(Layout, ColumnsAreWhatIsNoStructure) {
  const auto columns = column_fields(declared("{a:u8,b:{c:u8,d:u32[4]},e:{f:u8}[2]}"));
  ASSERT_EQ(columns.size(), 4U);
  EXPECT_EQ(columns[1].name, "b.c");
  EXPECT_EQ(columns[2].name, "b.d");
  EXPECT_EQ(columns[2].offset, 8U);
  EXPECT_EQ(columns[3].name, "e");
  EXPECT_EQ(column_fields(declared("u32")).front().name, "");
}

TEST(LayoutBuilder, KeepsOnlyEnumeratorsThatReadBack) {
  LayoutBuilder builder;
  Field field{.kind = Kind::enumeration, .size = 4};
  field.choices =
      builder.choices({{"B", 2}, {"A", 1}, {"B", 3}, {"ALSO_A", 1}, {"9", 9}, {"-x", 8}, {"", 7}});
  builder.add(field);
  const Layout layout = builder.finish();
  EXPECT_EQ(layout.enumerators(layout.root()), (std::vector<Enumerator>{{"A", 1}, {"B", 2}}));
}

TEST(LayoutBuilder, BoundsFieldsAndLevels) {
  EXPECT_EQ(refusal_of([] {
              LayoutBuilder builder;
              builder.begin({.kind = Kind::array, .size = 1 << 20, .count = 1 << 20});
              builder.add({.kind = Kind::integer, .size = 1});
              builder.end();
            }),
            "it has more than 131072 fields");
  EXPECT_EQ(refusal_of([] {
              LayoutBuilder builder;
              for (size_t i = 0; i <= kDeepestLayout; ++i) builder.begin({.kind = Kind::structure});
            }),
            "it has more than 48 levels");
}

TEST(LayoutBuilder, RefusesElementsThatNeedMoreThanTheirArray) {
  EXPECT_EQ(refusal_of([] {
              LayoutBuilder builder;
              builder.begin({.kind = Kind::array, .size = 7, .count = 2});
              builder.add({.kind = Kind::integer, .size = 4});
              builder.end();
            }),
            "an array's elements need more bytes than it has");
}

}  // namespace
}  // namespace percpumap::test
