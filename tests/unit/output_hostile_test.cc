// Names and strings that want to be obeyed, in every format: no terminal sees them, and every format stays
// what it is.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "unit/output_fixture.h"

namespace percpumap {
namespace {

using Json = nlohmann::json;

// Each as a name, as an enumerator and as a string.
const std::string kHostile[] = {
    "\x1b[2Jcleared",
    "\x1b]0;title\x07",
    "\xc2\x9b"
    "2J by C1",
    "quotes \" and ' and \\ and ,",
    "line\r\nline\ttab\x7f",
    "\xe2\x80\xae"
    "desrever",
    "\xe2\x80\x8b"
    "invisible \xef\xbb\xbf",
    "\xe6\xb5\x84 wide",
    "{\"a\":[1]}",
};

std::string hex_of(std::string_view text, size_t size) {
  std::string padded(text);
  padded.resize(size);
  return to_hex(std::as_bytes(std::span(padded)));
}

// {NAME: char[size], one: NAME in an enumeration, list: [char[size]]}
Layout hostile_layout(const std::string& name, uint32_t size) {
  LayoutBuilder builder;
  const uint32_t choices = builder.choices({{name, 1}});
  builder.begin({.kind = Kind::structure, .size = 2 * size + 8});
  builder.add({.kind = Kind::text, .size = size, .name = name});
  builder.begin({.kind = Kind::array, .offset = size, .size = size, .count = 1, .name = "list"});
  builder.add({.kind = Kind::text, .size = size});
  builder.end();
  builder.add({.kind = Kind::enumeration, .offset = 2 * size, .size = 4, .choices = choices, .name = "one"});
  builder.add({.kind = Kind::integer, .offset = 2 * size + 4, .size = 4, .name = name + "2"});
  builder.end();
  return builder.finish();
}

// Of a text that is to be shown: nothing that is obeyed but ends of lines, and UTF-8 throughout.
void expect_harmless(std::string_view text) {
  while (!text.empty()) {
    const Character character = first_character(text);
    const bool line_end = text.front() == '\n' || text.front() == '\r';
    ASSERT_TRUE(character.valid && (!character.control || line_end)) << std::hex << character.code;
    text.remove_prefix(character.size);
  }
}

class Hostile : public testing::TestWithParam<Format> {
 protected:
  // The document of one entry whose names and strings are the same.
  static std::string show(const std::string& name, const std::string& text, uint32_t size, size_t width,
                          bool long_form) {
    const Layout layout = hostile_layout(name, size);
    Table table = table_of(layout, layout, "0-1");
    table.width = width;
    table.long_form = long_form;
    const std::string bytes = hex_of(text, size) + hex_of(text, size) + "0100000002000000";
    return print(GetParam(), table, {{.key = bytes, .values = {bytes, bytes}}});
  }
};

TEST_P(Hostile, NamesAndStringsAreEscaped) {
  for (const std::string& text : kHostile) {
    for (const size_t width : {0, 80}) {
      for (const bool long_form : {false, true}) expect_harmless(show(text, text, 64, width, long_form));
    }
  }
}

TEST_P(Hostile, BytesThatAreNoTextAreEscaped) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const std::string& text : {all, std::string("\xff\xfe"), std::string("\xe2\x80")}) {
    expect_harmless(show("name", text, 256, 80, true));
    expect_harmless(show("name", text, 256, 0, false));
  }
}

TEST_P(Hostile, LongNamesAndStringsAreEscaped) {
  std::string text;
  while (text.size() < 65536) text += kHostile[text.size() % std::size(kHostile)];
  text.resize(65536);
  std::string name(text.begin(),
                   std::find_if(text.begin() + 65000, text.end(), [](char c) { return c == ','; }));
  expect_harmless(show(name, text, 65536, 80, false));
  expect_harmless(show(name, text, 65536, 0, true));
}

INSTANTIATE_TEST_SUITE_P(EveryFormat, Hostile,
                         testing::Values(Format::table, Format::json, Format::pretty, Format::ndjson,
                                         Format::csv));

TEST(HostileJson, Parses) {
  for (const std::string& text : kHostile) {
    const Layout layout = hostile_layout(text, 64);
    const Table table = table_of(layout, layout, "0");
    const std::string bytes = hex_of(text, 64) + hex_of(text, 64) + "0100000002000000";
    for (const Format format : {Format::json, Format::pretty}) {
      const Json key = Json::parse(print(format, table, {{.key = bytes, .values = {bytes}}}))[0]["key"];
      EXPECT_EQ(key[text], text);
      EXPECT_EQ(key["list"], Json::array({text}));
      EXPECT_EQ(key["one"], text);
    }
  }
}

TEST(HostileTable, LinesKeepTheirWidth) {
  const Layout layout = hostile_layout(std::string(65536, 'n'), 65536);
  Table table = table_of(layout, layout, "0-63");
  table.width = 80;
  const std::string bytes = hex_of(std::string(65536, 's'), 65536) + hex_of("", 65536) + "0100000002000000";
  const std::string text =
      print(Format::table, table, {{.key = bytes, .values = std::vector<std::string>(64, bytes)}});
  size_t begin = 0;
  for (int line = 0; line < 3; ++line) {
    const size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 80U) << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

}  // namespace
}  // namespace percpumap
