#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

#include "types/survival.h"

namespace percpumap {
namespace {

Layout alone(Kind kind, uint32_t size) {
  LayoutBuilder builder;
  builder.add({.kind = kind, .size = size});
  return builder.finish();
}

template <typename Value>
bool survives(const Layout& layout, const Value& value) {
  return Survival(layout)(std::as_bytes(std::span(&value, 1)));
}

TEST(Survival, IsCertainForNumbersAndBytes) {
  EXPECT_TRUE(Survival(Layout::integer(8, false)).is_certain());
  EXPECT_TRUE(Survival(Layout::bytes(13)).is_certain());
  EXPECT_TRUE(Survival(alone(Kind::ipv6, 16)).is_certain());
  EXPECT_FALSE(Survival(alone(Kind::text, 16)).is_certain());
}

TEST(Survival, OfTextEndsWithWhatStandsBehindItsNul) {
  const Layout text = alone(Kind::text, 4);
  EXPECT_TRUE(survives(text, "abc"));
  EXPECT_TRUE(survives(text, "\0\0\0"));
  EXPECT_FALSE(survives(text, "a\0c"));
  EXPECT_FALSE(survives(text, "a\xff\0"));
  EXPECT_TRUE(survives(text, "a\xc3\xa4"));
}

TEST(Survival, OfBooleansEndsAboveOne) {
  EXPECT_TRUE(survives(alone(Kind::boolean, 1), uint8_t{1}));
  EXPECT_FALSE(survives(alone(Kind::boolean, 1), uint8_t{2}));
}

TEST(Survival, OfFloatsEndsWithAPayload) {
  const Layout layout = alone(Kind::floating, 8);
  EXPECT_TRUE(survives(layout, std::numeric_limits<double>::quiet_NaN()));
  EXPECT_FALSE(survives(layout, -std::numeric_limits<double>::quiet_NaN()));
  EXPECT_FALSE(survives(layout, uint64_t{0x7ff0'0000'0000'0001}));
  EXPECT_TRUE(survives(layout, -0.0));
}

TEST(Survival, OfPaddingNeedsZeroes) {
  LayoutBuilder builder;
  builder.begin({.kind = Kind::structure, .size = 8});
  builder.add({.kind = Kind::integer, .size = 1, .name = "a"});
  builder.add({.kind = Kind::integer, .offset = 4, .size = 4, .name = "b"});
  builder.end();
  const Survival survival(builder.finish());
  EXPECT_FALSE(survival.is_certain());
  std::vector<std::byte> value(8, std::byte{0});
  value[0] = value[7] = std::byte{9};
  EXPECT_TRUE(survival(value));
  value[3] = std::byte{1};
  EXPECT_FALSE(survival(value));
}

}  // namespace
}  // namespace percpumap
