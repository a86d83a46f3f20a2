#include <gtest/gtest.h>

#include <array>
#include <random>

#include "base/error.h"
#include "fuzz/json_judge.h"
#include "types/json_reader.h"

namespace percpumap::test {
namespace {

JsonReader reader_of(std::string_view text) {
  return {text, "the text"};
}

template <typename Read>
std::string refusal(std::string_view text, Read read) {
  JsonReader reader = reader_of(text);
  try {
    read(reader);
    reader.end();
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    return error.what();
  }
  return "accepted";
}

std::string skip_refusal(std::string_view text) {
  return refusal(text, [](JsonReader& reader) { reader.skip(); });
}

std::string string_of(std::string_view text) {
  JsonReader reader = reader_of(text);
  return std::string(reader.string());
}

TEST(JsonReader, PullsValuesInTheirOrder) {
  JsonReader reader = reader_of(" { \"a\" : [ null , true , false , -1.5e+3 , \"x\" ] , \"b\" : {} } ");
  std::string_view name;
  EXPECT_EQ(reader.kind(), JsonKind::object);
  reader.open_object();
  ASSERT_TRUE(reader.member(name));
  EXPECT_EQ(name, "a");
  reader.open_array();
  ASSERT_TRUE(reader.element());
  reader.null();
  ASSERT_TRUE(reader.element());
  EXPECT_TRUE(reader.boolean());
  ASSERT_TRUE(reader.element());
  EXPECT_FALSE(reader.boolean());
  ASSERT_TRUE(reader.element());
  EXPECT_EQ(reader.number(), "-1.5e+3");
  ASSERT_TRUE(reader.element());
  EXPECT_EQ(reader.string(), "x");
  EXPECT_FALSE(reader.element());
  ASSERT_TRUE(reader.member(name));
  EXPECT_EQ(name, "b");
  reader.open_object();
  EXPECT_FALSE(reader.member(name));
  EXPECT_FALSE(reader.member(name));
  reader.end();
}

TEST(JsonReader, SkipAnswersTheTextOfTheValue) {
  JsonReader reader = reader_of("[ {\"a\": [1, \"]\"]} , 2 ]");
  reader.open_array();
  ASSERT_TRUE(reader.element());
  EXPECT_EQ(reader.skip(), "{\"a\": [1, \"]\"]}");
  ASSERT_TRUE(reader.element());
  EXPECT_EQ(reader.skip(), "2");
  EXPECT_FALSE(reader.element());
  reader.end();
}

TEST(JsonReader, EscapesAreCharacters) {
  EXPECT_EQ(string_of(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(string_of(R"("a\u0041\u00e9\u20ac\ud83d\ude00z")"), "aA\u00e9\u20ac\U0001f600z");
  EXPECT_EQ(string_of(R"("\u0000")"), std::string(1, '\0'));
  EXPECT_EQ(string_of("\"\u00e9\u20ac\U0001f600\x7f\""), "\u00e9\u20ac\U0001f600\x7f");
}

TEST(JsonReader, NamesAreUnescaped) {
  JsonReader reader = reader_of(R"({"k\u0065y":1,"other":2})");
  std::string_view first;
  std::string_view second;
  reader.open_object();
  ASSERT_TRUE(reader.member(first));
  reader.skip();
  ASSERT_TRUE(reader.member(second));
  reader.skip();
  EXPECT_EQ(first, "key");
  EXPECT_EQ(second, "other");
}

TEST(JsonReader, DoubledNamesAreErrorsWhereTheObjectIsRead) {
  const auto read = [](JsonReader& reader) {
    reader.open_object();
    for (std::string_view name; reader.member(name);) reader.skip();
  };
  EXPECT_EQ(refusal(R"({"a":1,"b":2,"\u0061":3})", read), "\"a\" comes twice in one object");
  EXPECT_EQ(refusal(R"({"a":1,"b":{"a":2}})", read), "accepted");
  EXPECT_EQ(refusal(R"({"b":{"a":1,"a":2}})", read), "accepted");
}

TEST(JsonReader, RefusalsNameTheCharacter) {
  EXPECT_EQ(skip_refusal("nonsense"), "not JSON near character 2 of the text");
  EXPECT_EQ(skip_refusal("{\"a\" 1}"), "not JSON near character 6 of the text");
  EXPECT_EQ(skip_refusal("[1,]"), "not JSON near character 4 of the text");
  EXPECT_EQ(skip_refusal("01"), "not JSON near character 2 of the text");
  EXPECT_EQ(skip_refusal("\"\xff\""), "not JSON near character 2 of the text");
  EXPECT_EQ(skip_refusal("\"\t\""), "not JSON near character 2 of the text");
  EXPECT_EQ(skip_refusal("1 2"), "not JSON near character 3 of the text");
  EXPECT_EQ(skip_refusal("[1"), "not JSON: the text ends too early");
  EXPECT_EQ(skip_refusal(""), "not JSON: the text ends too early");
}

TEST(JsonReader, OtherKindsAreNamed) {
  EXPECT_EQ(refusal(" 5", [](JsonReader& reader) { reader.string(); }),
            "expected string near character 2 of the text, got number");
  EXPECT_EQ(refusal("{}", [](JsonReader& reader) { reader.open_array(); }),
            "expected array near character 1 of the text, got object");
  EXPECT_EQ(refusal("null", [](JsonReader& reader) { reader.boolean(); }),
            "expected boolean near character 1 of the text, got null");
}

TEST(JsonReader, DepthHasALimit) {
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(skip_refusal(nested(kMaxJsonDepth)), "accepted");
  EXPECT_EQ(skip_refusal(nested(kMaxJsonDepth + 1)), "more than 64 levels of brackets");
  EXPECT_EQ(skip_refusal(std::string(1'000'000, '[')), "more than 64 levels of brackets");
}

TEST(JsonReader, StartsAgainAfterAnError) {
  JsonReader reader = reader_of("[[[");
  EXPECT_THROW(reader.skip(), Error);
  reader.reset("[1]");
  EXPECT_EQ(reader.skip(), "[1]");
  reader.end();
}

// A name in a million must not be looked for among all before it.
TEST(JsonReader, ManyNamesTakeNoTimeToSpeakOf) {
  std::string text = "{";
  for (int i = 0; i < 300'000; ++i) text += "\"" + std::to_string(i) + "\":0,";
  text.back() = '}';
  JsonReader reader = reader_of(text);
  reader.open_object();
  int count = 0;
  for (std::string_view name; reader.member(name); ++count) reader.skip();
  EXPECT_EQ(count, 300'000);
}

constexpr std::array<std::string_view, 34> kCorpus = {
    R"({"key":"0001","values":[{"cpu":0,"value":"0a0b0c0d"},{"cpu":2,"value":"01020304"}]})",
    R"({"key":{"saddr":"10.0.0.1","dport":443},"values":[{"cpu":0,"value":{"n":-5,"x":1.5e-3}}],"sum":null})",
    R"([{"key":["0x01"],"values":[{"cpu":0,"value":["0xff"]}],"formatted":{"key":1}}])",
    "[]",
    "{}",
    "0",
    "-0",
    "-",
    "-1",
    "1.0",
    "1.",
    ".5",
    "1e5",
    "1E+5",
    "1e-",
    "18446744073709551616",
    "0x10",
    "\"\\u00e9\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\ude00\"",
    "\"\\ud83d\\u0041\"",
    "\"\xc3\xa9\xe2\x82\xac\"",
    "\"\xc0\x80\"",
    "\"\xed\xa0\x80\"",
    "\"\xf4\x90\x80\x80\"",
    "\"\xf0\x9f\x98\x80\"",
    "true",
    "false",
    "null",
    "[true,false,null,[[],[[]]],{\"a\":{}}]",
    "{\"a\":1,\"\\u0061\":2}",
    " \t\r\n[ 1 , 2 ] \n",
    "\xef\xbb\xbf[]",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""};

TEST(JsonReaderAndItsJudge, AgreeOnTheCorpus) {
  for (const std::string_view text : kCorpus) {
    for (size_t size = 0; size <= text.size(); ++size) {
      EXPECT_EQ(json_disagreement(text.substr(0, size)), "") << text.substr(0, size);
    }
  }
}

// Puts a byte that matters, or any, in place of one, before one, or takes one away.
void mutate(std::string& text, std::mt19937_64& random) {
  constexpr std::string_view kMatters = "{}[]\",:\\u0123-+.eEtfn \n\x01\x7f\x80\xc3\xed\xf0";
  const char byte = random() % 4 == 0 ? static_cast<char>(random()) : kMatters[random() % kMatters.size()];
  const size_t at = text.empty() ? 0 : random() % text.size();
  const uint64_t how = text.empty() ? 0 : random() % 3;
  if (how == 0) text.insert(at, 1, byte);
  if (how == 1) text[at] = byte;
  if (how == 2) text.erase(at, 1);
}

TEST(JsonReaderAndItsJudge, AgreeOnMutations) {
  std::mt19937_64 random(19);
  for (int round = 0; round < 100'000; ++round) {
    std::string text(kCorpus[random() % kCorpus.size()]);
    for (uint64_t changes = 1 + random() % 3; changes > 0; --changes) mutate(text, random);
    ASSERT_EQ(json_disagreement(text), "") << text;
  }
}

}  // namespace
}  // namespace percpumap::test
