// One word or JSON value for each kind of field.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "types/format.h"
#include "types/parse.h"

namespace percpumap {
namespace {

Layout alone(Field field) {
  LayoutBuilder builder;
  builder.add(std::move(field));
  return builder.finish();
}

Layout text_of(uint32_t size) {
  return alone({.kind = Kind::text, .size = size});
}

// TCP 6, UDP 17, a negative one, and one with characters that need escapes; of 4 bytes.
Layout protocols(bool is_signed = true) {
  LayoutBuilder builder;
  const uint32_t choices =
      builder.choices({{"TCP", 6}, {"UDP", 17}, {"none", ~uint64_t{0}}, {"a \"b\"\n", 3}});
  builder.add({.kind = Kind::enumeration, .is_signed = is_signed, .size = 4, .choices = choices});
  return builder.finish();
}

std::string with_hint(const Error& error) {
  EXPECT_EQ(error.problem(), Problem::bad_data);
  return error.what() + (error.hint.empty() ? "" : " [" + error.hint + "]");
}

// The bytes of the one word, as hexadecimal digits, or the message and the hint.
std::string word(const std::string& text, const Layout& layout, WideNumbers wide = WideNumbers::numbers) {
  std::vector<std::byte> out(layout.size(), std::byte{0xee});
  try {
    parse_data({&text, 1}, layout, "key", out, wide);
    return to_hex(out);
  } catch (const Error& error) {
    return with_hint(error);
  }
}

std::string json(const std::string& text, const Layout& layout, WideNumbers wide = WideNumbers::numbers) {
  std::vector<std::byte> out(layout.size(), std::byte{0xee});
  JsonReader reader(text, "the key");
  try {
    parse_json(reader, layout, wide, "key", out);
    return to_hex(out);
  } catch (const Error& error) {
    return with_hint(error);
  }
}

TEST(Literal, NetworkOrderIsTheTypesAffair) {
  const Layout be16 = alone({.kind = Kind::integer, .big_endian = true, .size = 2});
  EXPECT_EQ(word("443", be16), "01bb");
  EXPECT_EQ(word("0x1bb", be16), "01bb");
  EXPECT_EQ(word("65536", be16), "key: 65536 is out of range 0..65535 of be16");
}

TEST(Literal, BitFieldsHaveTheirOwnRange) {
  const Layout three =
      alone({.kind = Kind::integer, .is_signed = true, .bit_offset = 2, .bit_size = 3, .size = 1});
  EXPECT_EQ(word("-4", three), "10");
  EXPECT_EQ(json("4", three), "key: 4 is out of range -4..3 of int:3");
}

TEST(Literal, Booleans) {
  const Layout boolean = alone({.kind = Kind::boolean, .size = 1});
  EXPECT_EQ(word("true", boolean), "01");
  EXPECT_EQ(word("false", boolean), "00");
  EXPECT_EQ(word("1", boolean), "01");
  EXPECT_EQ(word("yes", boolean), "key: \"yes\" is neither true nor false");
  EXPECT_EQ(json("true", boolean), "01");
  EXPECT_EQ(json("0", boolean), "00");
  EXPECT_EQ(json("2", boolean), "key: \"2\" is neither true nor false");
  EXPECT_EQ(json("\"true\"", boolean), "key: expected true or false, got the string \"true\"");
}

template <typename Float>
std::string bytes_of(Float value) {
  return to_hex(std::as_bytes(std::span(&value, 1)));
}

TEST(Literal, FloatsAreRoundedOnce) {
  const Layout f32 = alone({.kind = Kind::floating, .size = 4});
  const Layout f64 = alone({.kind = Kind::floating, .size = 8});
  EXPECT_EQ(word("1.5", f32), bytes_of(1.5F));
  EXPECT_EQ(word("-.5", f64), bytes_of(-0.5));
  EXPECT_EQ(json("-0.0", f64), bytes_of(-0.0));
  EXPECT_EQ(json("5e-324", f64), bytes_of(std::numeric_limits<double>::denorm_min()));
  EXPECT_EQ(json("1e-45", f32), bytes_of(std::numeric_limits<float>::denorm_min()));
  // Halfway between two floats but for its last digit: by way of a double it would be the lower one.
  EXPECT_EQ(word("1.00000017881393432617187499", f32), bytes_of(1.0000001F));
  EXPECT_EQ(word("1e39", f32), "key: 1e39 is out of range of f32");
  EXPECT_EQ(word("0x1p4", f64), "key: \"0x1p4\" is not a number (f64)");
  EXPECT_EQ(word("1.5.", f64), "key: \"1.5.\" is not a number (f64)");
}

TEST(Literal, NotANumberAndInfinityAreNames) {
  const Layout f32 = alone({.kind = Kind::floating, .size = 4});
  EXPECT_EQ(word("nan", f32), bytes_of(std::numeric_limits<float>::quiet_NaN()));
  EXPECT_EQ(word("-inf", f32), bytes_of(-std::numeric_limits<float>::infinity()));
  EXPECT_EQ(json("\"inf\"", f32), bytes_of(std::numeric_limits<float>::infinity()));
  EXPECT_EQ(word("nan(1)", f32), "key: \"nan(1)\" is not a number (f32)");
  EXPECT_EQ(json("\"1.5\"", f32),
            "key: expected a number, \"nan\", \"inf\" or \"-inf\" (f32), got the string \"1.5\"");
}

TEST(Literal, EnumeratorsByNameOrNumber) {
  EXPECT_EQ(word("TCP", protocols()), "06000000");
  EXPECT_EQ(word("\"UDP\"", protocols()), "11000000");
  EXPECT_EQ(word("none", protocols()), "ffffffff");
  EXPECT_EQ(word("-2", protocols()), "feffffff");
  EXPECT_EQ(json("\"5\"", protocols()), "05000000");
  EXPECT_EQ(json("5", protocols()), "05000000");
  EXPECT_EQ(json(R"("a \"b\"\n")", protocols()), "03000000");
  EXPECT_EQ(word("-1", protocols(false)), "key: -1 is out of range 0..4294967295 of enum");
}

TEST(Literal, UnknownEnumeratorSuggestsWhatIsNear) {
  EXPECT_EQ(word("TPC", protocols()), "key: there is no enumerator \"TPC\" [did you mean TCP?]");
  EXPECT_EQ(word("multicast", protocols()),
            "key: there is no enumerator \"multicast\" [it is one of a \"b\"?, TCP, UDP, none, or a number]");
}

TEST(Literal, PointersAreNumbers) {
  const Layout pointer = alone({.kind = Kind::pointer, .size = 8});
  EXPECT_EQ(word("0xffff888000000000", pointer), "000000008088ffff");
  EXPECT_EQ(json("18446612682070000000", pointer), word("18446612682070000000", pointer));
  EXPECT_EQ(json("\"5\"", pointer, WideNumbers::strings), "0500000000000000");
}

TEST(Literal, TextWithAndWithoutQuotesIsTheSame) {
  EXPECT_EQ(word("eth0", text_of(8)), "6574683000000000");
  EXPECT_EQ(word("\"eth0\"", text_of(8)), "6574683000000000");
  EXPECT_EQ(word("eth0", text_of(4)), "65746830");  // no NUL is needed
  EXPECT_EQ(word("", text_of(2)), "0000");
  EXPECT_EQ(word("42", text_of(4)), "34320000");
}

TEST(Literal, OnlyQuotedTextHasEscapes) {
  EXPECT_EQ(word("a\\n", text_of(4)), "615c6e00");
  EXPECT_EQ(word("\"a\\n\"", text_of(4)), "610a0000");
  EXPECT_EQ(word("\"\\u00e4\"", text_of(4)), "c3a40000");
  EXPECT_EQ(word("\xff", text_of(2)), "ff00");  // bytes that are no text come as they are
}

TEST(Literal, TextThatDoesNotFitNamesTheSize) {
  EXPECT_EQ(word("eth10", text_of(4)), "key: \"eth10\" has 5 bytes, and char[4] holds 4");
  EXPECT_EQ(json("\"ab\"", text_of(1)), "key: \"ab\" has 2 bytes, and char holds 1");
  EXPECT_EQ(json("\"a\\u0000b\"", text_of(4)),
            "key: a NUL ends a text, so what stands behind it would be lost [bytes can be given as bytes]");
  EXPECT_EQ(json("7", text_of(4)), "key: expected a string (char[4]), got number");
}

TEST(Literal, OneByteIsAByteElseALiteral) {
  EXPECT_EQ(word("5", text_of(1)), "05");
  EXPECT_EQ(word("\"5\"", text_of(1)), "35");
  EXPECT_EQ(word("a", text_of(1)), "61");
}

TEST(Literal, Addresses) {
  const Layout ipv4 = alone({.kind = Kind::ipv4, .size = 4});
  const Layout ipv6 = alone({.kind = Kind::ipv6, .size = 16});
  const Layout mac = alone({.kind = Kind::mac, .size = 6});
  EXPECT_EQ(word("10.99.0.2", ipv4), "0a630002");
  EXPECT_EQ(word("fe80::1", ipv6), "fe800000000000000000000000000001");
  EXPECT_EQ(json("\"::ffff:10.0.0.1\"", ipv6), "00000000000000000000ffff0a000001");
  EXPECT_EQ(word("02:42:aC:11:00:02", mac), "0242ac110002");
  EXPECT_EQ(word("10.0.0", ipv4), "key: \"10.0.0\" is not an IPv4 address");
  EXPECT_EQ(word("10.0.0.1", ipv6), "key: \"10.0.0.1\" is not an IPv6 address");
  EXPECT_EQ(json("\"10.0.0.1\\u0000\"", ipv4), "key: \"10.0.0.1?\" is not an IPv4 address");
  EXPECT_EQ(word("2:42:ac:11:0:2", mac),
            "key: \"2:42:ac:11:0:2\" is not a MAC address [write it like 02:42:ac:11:00:02]");
  EXPECT_EQ(word("02:42:ac:11:00-02", mac).substr(0, 24), "key: \"02:42:ac:11:00-02\"");
}

TEST(Literal, AsManyWordsAsBytesAreBytesWhateverTheType) {
  const std::vector<std::string> words = {"10", "0", "0", "1"};
  std::vector<std::byte> out(4);
  parse_data(words, alone({.kind = Kind::ipv4, .size = 4}), "key", out);
  EXPECT_EQ(to_hex(out), "0a000001");
}

TEST(Literal, QuotedIsJsonToItsEnd) {
  EXPECT_EQ(word("\"eth0\" ", text_of(8)), "6574683000000000");
  EXPECT_EQ(word("\"eth0\"x", text_of(8)), "not JSON near character 7 of the key");
  EXPECT_EQ(word("\"5\"", Layout::integer(8, false), WideNumbers::strings), "0500000000000000");
}

}  // namespace
}  // namespace percpumap
