#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "base/error.h"
#include "support/btf_blob.h"
#include "types/btf.h"

namespace percpumap::test {
namespace {

Layout layout_of(const BtfBlob& blob, uint32_t type) {
  return Btf(blob.bytes()).layout(type);
}

std::string name_of(const BtfBlob& blob, uint32_t type) {
  return layout_of(blob, type).name();
}

std::string refusal(const BtfBlob& blob, uint32_t type) {
  try {
    return "accepted as " + name_of(blob, type);
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    return error.what();
  }
}

std::string refusal_of_bytes(const std::vector<std::byte>& bytes) {
  try {
    const Btf btf(bytes);
    return "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    return error.what();
  }
}

TEST(Btf, IntegersOfEverySizeAndSign) {
  BtfBlob blob;
  for (const uint32_t size : {1U, 2U, 4U, 8U}) {
    EXPECT_EQ(layout_of(blob, blob.integer("x", size)), Layout::integer(size, false));
    EXPECT_EQ(layout_of(blob, blob.integer("x", size, BTF_INT_SIGNED)), Layout::integer(size, true));
  }
}

TEST(Btf, IntegersWithoutAFormOfTheirOwnAreBytes) {
  BtfBlob blob;
  EXPECT_EQ(layout_of(blob, blob.integer("__int128", 16, BTF_INT_SIGNED)), Layout::bytes(16));
  EXPECT_EQ(layout_of(blob, blob.integer("odd", 3)), Layout::bytes(3));
  EXPECT_EQ(layout_of(blob, blob.part_of_integer(4, 7, 0)), Layout::bytes(4));
}

TEST(Btf, CharactersAndBooleans) {
  BtfBlob blob;
  const uint32_t character = blob.integer("char", 1, BTF_INT_SIGNED);
  const uint32_t constant = blob.type("", BTF_KIND_CONST, blob.type_definition("letter", character));
  EXPECT_EQ(name_of(blob, character), "char");
  EXPECT_EQ(name_of(blob, blob.integer("letter", 1, BTF_INT_CHAR)), "char");
  EXPECT_EQ(name_of(blob, blob.array(constant, 16)), "char[16]");
  EXPECT_EQ(name_of(blob, blob.array(blob.array(character, 16), 4)), "char[4][16]");
  EXPECT_EQ(name_of(blob, blob.integer("signed char", 1, BTF_INT_SIGNED)), "i8");
  EXPECT_EQ(name_of(blob, blob.integer("_Bool", 1, BTF_INT_BOOL)), "bool");
  EXPECT_EQ(name_of(blob, blob.integer("bool32", 4, BTF_INT_BOOL)), "u32");
}

TEST(Btf, FloatsAndPointers) {
  BtfBlob blob;
  EXPECT_EQ(name_of(blob, blob.type("float", BTF_KIND_FLOAT, 4)), "f32");
  EXPECT_EQ(name_of(blob, blob.type("double", BTF_KIND_FLOAT, 8)), "f64");
  EXPECT_EQ(layout_of(blob, blob.type("long double", BTF_KIND_FLOAT, 16)), Layout::bytes(16));
  const Layout pointer = layout_of(blob, blob.type("", BTF_KIND_PTR, 0));
  EXPECT_EQ(std::tuple(pointer.root().kind, pointer.size()), std::tuple(Kind::pointer, 8U));
}

TEST(Btf, ForwardDeclarationsAndVoidAreNoBytes) {
  BtfBlob blob;
  const uint32_t unknown = blob.type("unknown", BTF_KIND_FWD, 0);
  EXPECT_EQ(layout_of(blob, unknown), Layout::bytes(0));
  EXPECT_EQ(layout_of(blob, 0), Layout::bytes(0));
}

TEST(Btf, ModifiersAndTypedefsAreSeenThrough) {
  BtfBlob blob;
  uint32_t type = blob.integer("unsigned int", 4);
  for (const uint32_t kind : {BTF_KIND_CONST, BTF_KIND_VOLATILE, BTF_KIND_RESTRICT, BTF_KIND_TYPE_TAG}) {
    type = blob.type_definition("again", blob.type(kind == BTF_KIND_TYPE_TAG ? "tag" : "", kind, type));
  }
  EXPECT_EQ(layout_of(blob, type), Layout::integer(4, false));
}

TEST(Btf, TypedefsSayWhatBtfHasNoKindFor) {
  BtfBlob blob;
  const uint32_t u8 = blob.integer("unsigned char", 1);
  const uint32_t u16 = blob.integer("unsigned short", 2);
  const uint32_t u32 = blob.integer("unsigned int", 4);
  const uint32_t u64 = blob.integer("unsigned long long", 8);
  EXPECT_EQ(name_of(blob, blob.type_definition("__be16", blob.type_definition("__u16", u16))), "be16");
  EXPECT_EQ(name_of(blob, blob.type("", BTF_KIND_CONST, blob.type_definition("__be32", u32))), "be32");
  EXPECT_EQ(name_of(blob, blob.type_definition("port", blob.type_definition("be64", u64))), "be64");
  EXPECT_EQ(name_of(blob, blob.type_definition("ipv4", blob.type_definition("__be32", u32))), "ipv4");
  EXPECT_EQ(name_of(blob, blob.type_definition("ipv6", blob.array(u32, 4))), "ipv6");
  EXPECT_EQ(name_of(blob, blob.type_definition("mac", blob.array(u8, 6))), "mac");
  EXPECT_EQ(name_of(blob, blob.type_definition("comm", blob.array(u8, 16))), "char[16]");
  EXPECT_EQ(layout_of(blob, blob.type_definition("hex", blob.array(u8, 5))), Layout::bytes(5));
}

TEST(Btf, TypedefsOfAnotherSizeSayNothing) {
  BtfBlob blob;
  const uint32_t u32 = blob.integer("unsigned int", 4);
  EXPECT_EQ(name_of(blob, blob.type_definition("__be16", u32)), "u32");
  EXPECT_EQ(name_of(blob, blob.type_definition("mac", u32)), "u32");
  EXPECT_EQ(name_of(blob, blob.type_definition("__ipv4", u32)), "u32");
  EXPECT_EQ(name_of(blob, blob.type_definition("__be32_longer", u32)), "u32");
}

TEST(Btf, ArraysWithinEachOther) {
  BtfBlob blob;
  const uint32_t u16 = blob.integer("unsigned short", 2);
  const Layout layout = layout_of(blob, blob.array(blob.array(u16, 3), 2));
  EXPECT_EQ(layout.name(), "u16[2][3]");
  EXPECT_EQ(layout[0].count, 2U);
  EXPECT_EQ(layout[1].count, 3U);
  EXPECT_EQ(layout.size(), 12U);
}

TEST(Btf, ArraysOfNothingEndAStructure) {
  BtfBlob blob;
  const uint32_t u32 = blob.integer("unsigned int", 4);
  const uint32_t inner = blob.structure(8, {{"a", u32, 0}, {"b", u32, 32}});
  const uint32_t type = blob.structure(4, {{"count", u32, 0}, {"rest", blob.array(inner, 0), 32}});
  EXPECT_EQ(name_of(blob, type), "{count:u32,rest:{a:u32,b:u32}[0]}");
}

TEST(Btf, MembersStandWhereBtfSays) {
  BtfBlob blob;
  const uint32_t u8 = blob.integer("unsigned char", 1);
  const uint32_t u32 = blob.integer("unsigned int", 4);
  const Layout layout = layout_of(blob, blob.structure(5, {{"a", u8, 0}, {"b", u32, 8}}));
  EXPECT_EQ(layout.name(), "packed{a:u8,b:u32}");
  EXPECT_EQ(layout[2].offset, 1U);
  EXPECT_TRUE(layout.covered().empty());
}

TEST(Btf, AnonymousMembersAreLifted) {
  BtfBlob blob;
  const uint32_t u32 = blob.integer("unsigned int", 4);
  const uint32_t choice = blob.composite(BTF_KIND_UNION, 4, {{"id", u32, 0}, {"mark", u32, 0}});
  const Layout layout = layout_of(blob, blob.structure(8, {{"a", u32, 0}, {"", choice, 32}}));
  EXPECT_EQ(layout.name(), "{a:u32,union{id:u32,mark:u32}}");
  EXPECT_EQ(find_field(layout, "mark", "key").offset, 4U);
}

TEST(Btf, BitFieldsOfNewCompilers) {
  BtfBlob blob;
  const uint32_t u32 = blob.integer("unsigned int", 4);
  const uint32_t i32 = blob.integer("int", 4, BTF_INT_SIGNED);
  const uint32_t flag = blob.integer("_Bool", 1, BTF_INT_BOOL);
  const uint32_t color = blob.enumeration(4, false, {{"RED", 0}});
  const uint32_t type = blob.composite(
      BTF_KIND_STRUCT, 8,
      {{"a", u32, 0, 3}, {"b", i32, 3, 7}, {"c", flag, 10, 1}, {"d", color, 11, 2}, {"e", u32, 32}}, true);
  EXPECT_EQ(name_of(blob, type), "{a:uint:3,b:int:7,c:uint:1,d:uint:2,e:u32}");
  const Field b = layout_of(blob, type)[2];
  EXPECT_EQ(std::tuple(b.offset, b.size, b.bit_offset, b.bit_size), std::tuple(0U, 2U, 3, 7));
}

TEST(Btf, BitFieldsOfOldCompilers) {
  BtfBlob blob;
  const uint32_t part = blob.part_of_integer(4, 7, 2, BTF_INT_SIGNED);
  const uint32_t whole = blob.integer("unsigned short", 2);
  const Layout layout = layout_of(blob, blob.structure(8, {{"a", part, 9}, {"b", whole, 19}}));
  EXPECT_EQ(layout.name(), "{a:int:7,b:uint:16}");
  EXPECT_EQ(std::tuple(layout[1].offset, layout[1].bit_offset), std::tuple(1U, 3));
  EXPECT_EQ(std::tuple(layout[2].offset, layout[2].size), std::tuple(2U, 3U));
}

TEST(Btf, ABitFieldOver64BitsTakesNineBytes) {
  BtfBlob blob;
  const uint32_t u64 = blob.integer("unsigned long long", 8);
  const Layout layout = layout_of(blob, blob.composite(BTF_KIND_STRUCT, 16, {{"a", u64, 1, 64}}, true));
  EXPECT_EQ(std::tuple(layout[1].bit_size, layout[1].size), std::tuple(64, 9U));
}

TEST(Btf, UnnamedBitFieldsArePadding) {
  BtfBlob blob;
  const uint32_t u8 = blob.integer("unsigned char", 1);
  const uint32_t type = blob.composite(BTF_KIND_STRUCT, 1, {{"a", u8, 0, 3}, {"", u8, 3, 5}}, true);
  const Layout layout = layout_of(blob, type);
  EXPECT_EQ(layout.name(), "{a:uint:3}");
  EXPECT_EQ(layout.covered().front(), std::byte{0x07});
}

TEST(Btf, EnumerationsHaveTheSignThatTheySayOrNeed) {
  BtfBlob blob;
  const uint32_t plain = blob.enumeration(4, false, {{"A", 0}, {"B", 7}});
  const uint32_t negative = blob.enumeration(4, false, {{"A", 0}, {"LAST", ~uint64_t{0}}});
  const uint32_t said = blob.enumeration(1, true, {{"A", 0}});
  EXPECT_FALSE(layout_of(blob, plain).root().is_signed);
  EXPECT_TRUE(layout_of(blob, said).root().is_signed);
  const Layout layout = layout_of(blob, negative);
  EXPECT_TRUE(layout.root().is_signed);
  EXPECT_EQ(layout.enumerators(layout.root()).back(), (Enumerator{"LAST", ~uint64_t{0}}));
}

TEST(Btf, EnumerationsOf64Bits) {
  BtfBlob blob;
  const uint64_t large = uint64_t{1} << 63;
  const Layout layout = layout_of(blob, blob.enumeration64(false, {{"A", 1}, {"B", large}}));
  EXPECT_EQ(layout.size(), 8U);
  EXPECT_FALSE(layout.root().is_signed);
  EXPECT_EQ(layout.enumerators(layout.root()).back(), (Enumerator{"B", large}));
  EXPECT_TRUE(layout_of(blob, blob.enumeration64(true, {{"A", large}})).root().is_signed);
}

TEST(Btf, OneEnumerationInManyFieldsIsReadOnce) {
  BtfBlob blob;
  const uint32_t choice = blob.enumeration(4, false, {{"A", 0}});
  const uint32_t type = blob.structure(8, {{"a", choice, 0}, {"b", choice, 32}});
  EXPECT_EQ(layout_of(blob, type)[1].choices, layout_of(blob, type)[2].choices);
}

TEST(Btf, NamesThatAreNoUtf8BecomeCodePoints) {
  BtfBlob blob;
  const uint32_t u8 = blob.integer("unsigned char", 1);
  EXPECT_EQ(name_of(blob, blob.structure(1, {{"a\xff", u8, 0}})), "{a\xc3\xbf:u8}");
}

TEST(Btf, NamesOf64KiBAreKept) {
  BtfBlob blob;
  const std::string name(65536, 'a');
  const uint32_t type = blob.structure(1, {{name, blob.integer("unsigned char", 1), 0}});
  EXPECT_EQ(name_of(blob, type), "{" + name + ":u8}");
}

TEST(Btf, NamesBeyondTheStringsAreNone) {
  BtfBlob blob;
  const uint32_t u8 = blob.integer("unsigned char", 1);
  const uint32_t type = blob.type("", BTF_KIND_STRUCT, 1, 1, false, {0x00ffffff, u8, 0});
  EXPECT_EQ(name_of(blob, type), "{}");
}

TEST(Btf, ItsBytesAreThoseItWasMadeOf) {
  BtfBlob blob;
  blob.integer("int", 4);
  const std::vector<std::byte> bytes = blob.bytes();
  const Btf btf(bytes);
  EXPECT_EQ(std::vector<std::byte>(btf.blob().begin(), btf.blob().end()), bytes);
}

TEST(BtfRefuses, TypesThatAreNotThere) {
  BtfBlob blob;
  EXPECT_EQ(refusal(blob, 1), "BTF type 1: there is no type 1");
  EXPECT_EQ(refusal(blob, blob.type_definition("t", 77)), "BTF type 1: there is no type 77");
  EXPECT_EQ(refusal(blob, blob.array(0xffffffff, 2)), "BTF type 2: there is no type 4294967295");
}

TEST(BtfRefuses, WhatIsNoData) {
  BtfBlob blob;
  const uint32_t prototype = blob.type("", BTF_KIND_FUNC_PROTO, 0);
  const uint32_t variable = blob.type("counter", BTF_KIND_VAR, 0, 0, false, {0});
  EXPECT_EQ(refusal(blob, blob.type("run", BTF_KIND_FUNC, prototype)), "BTF type 3: run is no data");
  EXPECT_EQ(refusal(blob, variable), "BTF type 2: counter is no data");
  EXPECT_EQ(refusal(blob, blob.type(".bss", BTF_KIND_DATASEC, 4)), "BTF type 4: .bss is no data");
  EXPECT_EQ(refusal(blob, blob.type("tag", BTF_KIND_DECL_TAG, variable, 0, false, {0})),
            "BTF type 5: tag is no data");
}

TEST(BtfRefuses, TypesWithinThemselves) {
  BtfBlob blob;
  EXPECT_EQ(refusal(blob, blob.type_definition("t", 1)), "BTF type 1: type 1 never ends");
  EXPECT_EQ(refusal(blob, blob.array(2, 1)), "BTF type 2: it has more than 48 levels");
  EXPECT_EQ(refusal(blob, blob.structure(4, {{"a", 3, 0}})), "BTF type 3: it has more than 48 levels");
}

TEST(BtfRefuses, MembersOutsideTheirStructure) {
  BtfBlob blob;
  const uint32_t u32 = blob.integer("unsigned int", 4);
  EXPECT_EQ(refusal(blob, blob.structure(4, {{"a", u32, 8}})),
            "BTF type 2: member a does not lie within the 4 bytes of what holds it");
  EXPECT_EQ(refusal(blob, blob.structure(4, {{"a", u32, 0xfffffff8}})),
            "BTF type 3: member a does not lie within the 4 bytes of what holds it");
  EXPECT_EQ(refusal(blob, blob.composite(BTF_KIND_STRUCT, 1, {{"a", u32, 6, 3}}, true)),
            "BTF type 4: member a does not lie within the 1 bytes of what holds it");
}

TEST(BtfRefuses, BitFieldsThatCannotBe) {
  BtfBlob blob;
  const uint32_t wide = blob.integer("__int128", 16);
  const uint32_t number = blob.type("double", BTF_KIND_FLOAT, 8);
  EXPECT_EQ(refusal(blob, blob.composite(BTF_KIND_STRUCT, 16, {{"a", wide, 0, 65}}, true)),
            "BTF type 3: member a is a bit-field of 65 bits");
  EXPECT_EQ(refusal(blob, blob.composite(BTF_KIND_STRUCT, 16, {{"a", number, 0, 3}}, true)),
            "BTF type 4: member a is a bit-field of 3 bits");
  EXPECT_EQ(refusal(blob, blob.structure(16, {{"a", number, 3}})),
            "BTF type 5: member a begins within a byte");
  const uint32_t none = blob.part_of_integer(4, 0, 0);
  EXPECT_EQ(refusal(blob, blob.structure(4, {{"a", none, 0}})), "BTF type 7: member a has no bits");
}

TEST(BtfRefuses, NamesThatComeTwice) {
  BtfBlob blob;
  const uint32_t u8 = blob.integer("unsigned char", 1);
  const uint32_t inner = blob.structure(1, {{"a", u8, 0}});
  EXPECT_EQ(refusal(blob, blob.structure(2, {{"a", u8, 0}, {"", inner, 8}})),
            "BTF type 3: two members have the name a");
}

TEST(BtfRefuses, WhatWouldExhaustTheMemory) {
  BtfBlob blob;
  const uint32_t u8 = blob.integer("unsigned char", 1);
  EXPECT_EQ(refusal(blob, blob.array(u8, 0xffffffff)), "BTF type 2: it has more than 16777216 bytes");
  const uint32_t nothing = blob.structure(0, {});
  EXPECT_EQ(refusal(blob, blob.array(nothing, 0xffffffff)), "BTF type 4: it has more than 131072 fields");
  EXPECT_EQ(refusal(blob, blob.structure(0xffffffff, {})), "BTF type 5: it has more than 16777216 bytes");
}

// Each structure holds the one before twice.
TEST(BtfRefuses, StructuresThatGrowExponentially) {
  BtfBlob blob;
  uint32_t type = blob.structure(0, {});
  for (int i = 0; i < 40; ++i) type = blob.structure(0, {{"a", type, 0}, {"b", type, 0}});
  EXPECT_EQ(refusal(blob, type), "BTF type 41: it has more than 131072 fields");
}

// Nor where nothing of it is a field.
TEST(BtfRefuses, PaddingThatGrowsExponentially) {
  BtfBlob blob;
  const uint32_t u8 = blob.integer("unsigned char", 1);
  const uint32_t padding = blob.structure(1, std::vector<BtfBlob::Member>(60000, {"", u8, 0}));
  EXPECT_EQ(refusal(blob, blob.structure(1, std::vector<BtfBlob::Member>(60000, {"", padding, 0}))),
            "BTF type 3: it has more than 131072 fields");
}

// Strings may overlap: 60,000 names of one 64 KiB string would be 2 GB.
TEST(BtfRefuses, NamesThatWouldExhaustTheMemory) {
  BtfBlob blob;
  const uint32_t u8 = blob.integer("unsigned char", 1);
  const uint32_t name = blob.name(std::string(65536, 'a'));
  BtfBlob::Words members;
  for (uint32_t i = 0; i < 60000; ++i) members.insert(members.end(), {name + i, u8, 8 * i});
  EXPECT_EQ(refusal(blob, blob.type("", BTF_KIND_STRUCT, 60000, 60000, false, members)),
            "BTF type 2: its names have more than 4194304 characters");
}

TEST(BtfRefuses, ManyElementsWithLongNames) {
  BtfBlob blob;
  const uint32_t u8 = blob.integer("unsigned char", 1);
  const uint32_t element = blob.structure(1, {{std::string(65536, 'a'), u8, 0}});
  EXPECT_EQ(refusal(blob, blob.array(element, 300)),
            "BTF type 3: its names have more than 4194304 characters");
  const uint32_t choice = blob.enumeration(1, false, {{std::string(65536, 'b'), 0}});
  EXPECT_EQ(refusal(blob, blob.array(choice, 300)),
            "BTF type 5: its names have more than 4194304 characters");
}

TEST(BtfRefuses, WhatIsNoBtf) {
  BtfBlob blob;
  blob.integer("int", 4);
  const std::vector<std::byte> good = blob.bytes();
  const auto broken = [&good](size_t at, uint8_t value) {
    std::vector<std::byte> bytes = good;
    bytes[at] = std::byte{value};
    return refusal_of_bytes(bytes);
  };
  EXPECT_EQ(refusal_of_bytes({}), "not BTF: it is too short");
  EXPECT_EQ(refusal_of_bytes({good.begin(), good.begin() + 23}), "not BTF: it is too short");
  EXPECT_EQ(broken(0, 0x9e), "not BTF: it begins with something else");
  EXPECT_EQ(broken(2, 9), "not BTF: version 9 is unknown");
  EXPECT_EQ(broken(4, 20), "not BTF: its header is broken");
  EXPECT_EQ(broken(4, 26), "not BTF: its header is broken");
  EXPECT_EQ(broken(8, 2), "not BTF: its header is broken");
  EXPECT_EQ(broken(12, 12), "not BTF: its types or strings are broken");
  EXPECT_EQ(broken(31, 31), "not BTF: its types or strings are broken");
  EXPECT_EQ(broken(good.size() - 1, 'x'), "not BTF: its types or strings are broken");
}

TEST(BtfRefuses, TheOtherByteOrder) {
  std::vector<std::byte> bytes = BtfBlob().bytes();
  std::swap(bytes[0], bytes[1]);
  EXPECT_EQ(refusal_of_bytes(bytes), "not BTF: it has another machine's byte order");
}

}  // namespace
}  // namespace percpumap::test
