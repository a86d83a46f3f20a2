#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "types/btf.h"
#include "types/declare.h"

namespace percpumap::test {
namespace {

Layout declared(std::string_view declaration) {
  return declare_layout(declaration, "key");
}

template <typename Call>
std::string refusal_of(const Call& call) {
  try {
    return "accepted as " + call();
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    return error.what();
  }
}

std::string refusal(std::string_view declaration) {
  return refusal_of([&] { return declared(declaration).name(); });
}

std::string refusal(std::string_view declaration, size_t size, std::string_view what) {
  return refusal_of([&] { return declare_layout(declaration, size, what).name(); });
}

TEST(Declare, Integers) {
  for (const size_t size : {1, 2, 4, 8}) {
    const std::string bits = std::to_string(8 * size);
    EXPECT_EQ(declared("u" + bits), Layout::integer(size, false));
    EXPECT_EQ(declared("i" + bits), Layout::integer(size, true));
  }
}

TEST(Declare, EveryWordIsItsLayoutsName) {
  for (const char* word :
       {"u8", "i64", "be16", "be32", "be64", "bool", "char", "f32", "f64", "ipv4", "ipv6", "mac"}) {
    EXPECT_EQ(declared(word).name(), word);
  }
  EXPECT_EQ(declared("comm"), declared("char[16]"));
}

TEST(Declare, Sizes) {
  EXPECT_EQ(declared("be64").size(), 8U);
  EXPECT_EQ(declared("char").size(), 1U);
  EXPECT_EQ(declared("ipv6").size(), 16U);
  EXPECT_EQ(declared("mac[3]").size(), 18U);
  EXPECT_EQ(declared("comm").size(), 16U);
}

TEST(Declare, CountsStandAsInC) {
  const Layout numbers = declared("u16[2][3]");
  EXPECT_EQ(numbers[0].count, 2U);
  EXPECT_EQ(numbers[1].count, 3U);
  const Layout names = declared("char[4][16]");
  EXPECT_EQ(names[0].count, 4U);
  EXPECT_EQ(names[1].kind, Kind::text);
  EXPECT_EQ(names[1].size, 16U);
  EXPECT_EQ(declared("hex[2][5]")[1].size, 5U);
  EXPECT_EQ(declared("comm[2]")[0].count, 2U);
}

TEST(Declare, MembersAreAlignedAsInC) {
  const Layout layout = declared("{a:u8,b:u64,c:be16,d:mac}");
  EXPECT_EQ(find_field(layout, "b", "key").offset, 8U);
  EXPECT_EQ(find_field(layout, "c", "key").offset, 16U);
  EXPECT_EQ(find_field(layout, "d", "key").offset, 18U);
  EXPECT_EQ(layout.size(), 24U);
  EXPECT_EQ(declared("{a:u8,b:ipv4}").size(), 8U);
  EXPECT_EQ(declared("{a:u8,b:ipv6}").size(), 20U);
  EXPECT_EQ(declared("{a:u8,b:mac,c:bool,d:char[3]}").size(), 11U);
  EXPECT_EQ(declared("{a:u8,b:{c:u8,d:u32}[2]}").size(), 20U);
}

TEST(Declare, PackedMembersFollowEachOther) {
  const Layout layout = declared("packed{a:u8,b:u64,c:{d:u8,e:u16}}");
  EXPECT_EQ(find_field(layout, "b", "key").offset, 1U);
  EXPECT_EQ(find_field(layout, "c.e", "key").offset, 11U);
  EXPECT_EQ(layout.size(), 13U);
  EXPECT_EQ(declared("{a:u8,b:packed{c:u8,d:u32}}").size(), 6U);
}

TEST(Declare, SpaceMayStandAnywhere) {
  EXPECT_EQ(declared(" { a : u8 [ 2 ] ,\n\tb : packed { c : u16 } } "),
            declared("{a:u8[2],b:packed{c:u16}}"));
}

TEST(Declare, WordsAreNamesToo) {
  EXPECT_EQ(declared("{hex:u8,packed:u8,u8:u8,_9:u8}").name(), "{hex:u8,packed:u8,u8:u8,_9:u8}");
}

TEST(Declare, NamesAreTheirDeclarations) {
  for (const char* text : {"u16[2][3]", "char[4][16]", "hex[2][5]", "{saddr:ipv4,dport:be16}",
                           "packed{a:u8,b:u64}", "{a:packed{b:u8,c:u32}[3],d:f64}", "packed{a:u64,b:u8}"}) {
    EXPECT_EQ(declared(text).name(), text);
  }
}

TEST(Declare, HexAloneIsOpaqueBytesOfTheMapsSize) {
  EXPECT_EQ(declare_layout("hex", 13, "key"), Layout::bytes(13));
  EXPECT_EQ(declare_layout(" hex ", 13, "key"), Layout::bytes(13));
  EXPECT_EQ(declare_layout("hex[13]", 13, "key"), Layout::bytes(13));
}

TEST(DeclareRefuses, UnknownTypes) {
  EXPECT_EQ(refusal("u128"), "key: unknown type u128 at character 1");
  EXPECT_EQ(refusal("U32"), "key: unknown type U32 at character 1");
  EXPECT_EQ(refusal("{a:u8,b: int}"), "key: unknown type int at character 10");
  EXPECT_EQ(refusal("packed"), "key: unknown type packed at character 1");
}

TEST(DeclareRefuses, WhatIsMissing) {
  EXPECT_EQ(refusal(""), "key: expected a type at character 1, got the end");
  EXPECT_EQ(refusal("{a:}"), "key: expected a type at character 4, got }");
  EXPECT_EQ(refusal("{a}"), "key: expected ':' and a type at character 3, got }");
  EXPECT_EQ(refusal("{}"), "key: expected a member's name at character 2, got }");
  EXPECT_EQ(refusal("{a:u8,}"), "key: expected a member's name at character 7, got }");
  EXPECT_EQ(refusal("{a:u8"), "key: expected ',' or '}' at character 6, got the end");
  EXPECT_EQ(refusal("hex"), "key: expected a number of bytes, [N], at character 4, got the end");
  EXPECT_EQ(refusal("u8]"), "key: expected nothing more at character 3, got ]");
  EXPECT_EQ(refusal("u8[4"), "key: expected ] at character 5, got the end");
  EXPECT_EQ(refusal("{1a:u8}"), "key: expected a member's name at character 2, got 1a:u8}");
}

TEST(DeclareRefuses, Counts) {
  EXPECT_EQ(refusal("u8[0]"), "key: expected a number from 1 on at character 4, got 0]");
  EXPECT_EQ(refusal("u8[-1]"), "key: expected a number from 1 on at character 4, got -1]");
  EXPECT_EQ(refusal("u8[4294967296]"), "key: expected a number from 1 on at character 4, got 4294967296]");
  EXPECT_EQ(refusal("u8[0x10]"), "key: expected a number from 1 on at character 4, got 0x10]");
  EXPECT_EQ(refusal("{a:u64[4294967295]}"), "key: too large a type (34359738360 bytes) at character 4");
  EXPECT_EQ(refusal("u8[131072]"), "key: it has more than 131072 fields");
}

TEST(DeclareRefuses, NamesThatComeTwice) {
  EXPECT_EQ(refusal("{a:u8, a:u8}"), "key: a second member a at character 8");
}

TEST(DeclareRefuses, WhatIsTooDeep) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{a:";
  EXPECT_EQ(refusal(deep), "key: more levels than can be at character 145");
  std::string counts = "u8";
  for (int i = 0; i < 100'000; ++i) counts += "[1]";
  EXPECT_EQ(refusal(counts), "key: more levels than can be at character 148");
}

TEST(DeclareRefuses, AnotherSizeThanTheMaps) {
  EXPECT_EQ(refusal("u32", 8, "value"), "value: type u32 has 4 bytes, but the map's value has 8");
  EXPECT_EQ(refusal("i8", 4, "key"), "key: type i8 has 1 byte, but the map's key has 4");
}

// What the kernel is given says what was declared.
TEST(DeclareBtf, ReadsAsTheDeclarations) {
  const char* const value =
      "{a:u8,b:i16,c:be16,d:be32,e:be64,f:bool,g:char,h:char[7],i:f32,j:f64,k:ipv4,l:ipv6,m:mac,n:comm,"
      "o:hex[3],p:{q:u8[2][3],r:packed{s:u8,t:u64}[2]},u:char[2][5],v:hex[2][5]}";
  const DeclaredBtf made = declare_btf("{saddr:ipv4,dport:be16}", value);
  const Btf btf(made.blob);
  EXPECT_EQ(btf.layout(made.key_type_id), declared("{saddr:ipv4,dport:be16}"));
  EXPECT_EQ(btf.layout(made.value_type_id), declared(value));
}

TEST(DeclareBtf, TextsOfOneCharacterInAnArrayStayTexts) {
  const DeclaredBtf made = declare_btf("char[2][1]", "char[1]");
  EXPECT_EQ(Btf(made.blob).layout(made.key_type_id), declared("char[2][1]"));
  EXPECT_EQ(Btf(made.blob).layout(made.value_type_id), declared("char"));
}

TEST(DeclareBtf, RefusesAsALayoutDoes) {
  EXPECT_EQ(refusal_of([] { return std::to_string(declare_btf("u32", "{a:u8").key_type_id); }),
            "value: expected ',' or '}' at character 6, got the end");
  EXPECT_EQ(refusal_of([] { return std::to_string(declare_btf("u8[131072]", "u8").key_type_id); }),
            "key: it has more than 131072 fields");
}

}  // namespace
}  // namespace percpumap::test
