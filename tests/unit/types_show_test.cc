#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

#include "base/error.h"
#include "types/declare.h"
#include "types/format.h"
#include "types/show.h"

namespace percpumap::test {
namespace {

std::string shown(std::string_view declaration, std::string_view path, std::string_view view) {
  return show_field(declare_layout(declaration, "key"), path, view, "key").name();
}

std::string refusal(std::string_view declaration, std::string_view path, std::string_view view) {
  try {
    return "accepted as " + shown(declaration, path, view);
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    return error.what();
  }
}

TEST(Show, AddressesAreWhateverHasTheirSize) {
  EXPECT_EQ(shown("u32", "", "ipv4"), "ipv4");
  EXPECT_EQ(shown("{a:u8[4],b:be32}", "a", "ipv4"), "{a:ipv4,b:be32}");
  EXPECT_EQ(shown("{a:{b:be32[4]}}", "a", "ipv6"), "{a:ipv6}");
  EXPECT_EQ(shown("hex[6]", "", "mac"), "mac");
}

TEST(Show, ArraysElementByElement) {
  EXPECT_EQ(shown("u32[3]", "", "ipv4"), "ipv4[3]");
  EXPECT_EQ(shown("{a:u8[2][4]}", "a", "ipv4"), "{a:ipv4[2]}");
  EXPECT_EQ(shown("{a:u8[2][4]}", "a[1]", "ipv4"), "{a:ipv4[2]}");
  EXPECT_EQ(shown("{a:{b:u32}[2]}", "a[0].b", "ipv4"), "{a:{b:ipv4}[2]}");
}

TEST(Show, TextIsBytesOfAnySize) {
  EXPECT_EQ(shown("u8[5]", "", "comm"), "char[5]");
  EXPECT_EQ(shown("hex[20]", "", "comm"), "char[20]");
  EXPECT_EQ(shown("u64", "", "comm"), "char[8]");
  EXPECT_EQ(shown("u64[2]", "", "comm"), "char[2][8]");
}

TEST(Show, NumbersOfWhatHasTheirSize) {
  EXPECT_EQ(shown("ipv4", "", "dec"), "u32");
  EXPECT_EQ(shown("be16", "", "dec"), "be16");
  EXPECT_EQ(shown("i8[2]", "", "dec"), "i8[2]");
  EXPECT_EQ(shown("hex[2][8]", "", "dec"), "u64[2]");
}

TEST(Show, HexadecimalAndDurationsAreDisplays) {
  const Layout layout = show_field(declare_layout("{a:u32[2],b:u64}", "value"), "a", "hex", "value");
  EXPECT_EQ(layout[2].display, Display::hex);
  EXPECT_EQ(layout[3].display, Display::plain);
  EXPECT_EQ(show_field(layout, "b", "ns", "value")[3].display, Display::duration);
}

TEST(Show, InterfacesByName) {
  const Layout layout = show_field(declare_layout("u32", "key"), "", "ifname", "key");
  const uint32_t loopback = 1;
  const uint32_t none = 0;
  EXPECT_EQ(format_value(layout, {}, std::as_bytes(std::span(&loopback, 1))), "\"lo\"");
  EXPECT_EQ(format_value(layout, {}, std::as_bytes(std::span(&none, 1))), "\"0\"");
}

TEST(Show, RefusesWhatDoesNotFit) {
  EXPECT_EQ(refusal("{a:u16}", "a", "ipv4"), "key.a (u16) cannot be shown as ipv4");
  EXPECT_EQ(refusal("{a:u16}", ".a", "ipv4"), "key.a (u16) cannot be shown as ipv4");
  EXPECT_EQ(refusal("u16[3]", "[2]", "ipv4"), "key[2] (u16) cannot be shown as ipv4");
  EXPECT_EQ(refusal("u16[3]", "", "ipv4"), "key (u16) cannot be shown as ipv4");
  EXPECT_EQ(refusal("mac", "", "dec"), "key (mac) cannot be shown as dec");
  EXPECT_EQ(refusal("f64", "", "hex"), "key (f64) cannot be shown as hex");
  EXPECT_EQ(refusal("{a:u8}", "", "comm"), "key ({a:u8}) cannot be shown as comm");
  EXPECT_EQ(refusal("u64", "", "ifname"), "key (u64) cannot be shown as ifname");
}

TEST(Show, RefusesUnknownViewsAndFields) {
  EXPECT_EQ(refusal("u32", "", "ipv5"), "cannot show a field as ipv5");
  EXPECT_EQ(refusal("{a:u8}", "b", "hex"), "key has no field b");
}

}  // namespace
}  // namespace percpumap::test
