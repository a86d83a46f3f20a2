// Whatever is printed can be typed back, for types that nobody thought of.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "fuzz/round_trip.h"
#include "support/random_layout.h"
#include "types/btf.h"
#include "types/declare.h"
#include "types/format.h"
#include "types/parse.h"
#include "types/survival.h"

namespace percpumap::test {
namespace {

constexpr uint64_t kLayouts = 5000;
constexpr uint64_t kValues = 4;

using Value = std::vector<std::byte>;

// Random bytes; every other time what reading such a value made of them, so that much of it survives.
Value random_value(Dice& dice, const Layout& layout) {
  Value value(layout.size());
  dice.fill(value);
  if (dice.one_in(2)) return value;
  const std::string text = format_value(layout, {}, value);
  JsonReader json(text, "the value");
  try {
    parse_json(json, layout, WideNumbers::numbers, "value", value);
  } catch (const Error&) {
    std::fill(value.begin(), value.end(), std::byte{0});
  }
  if (dice.one_in(4) && !value.empty())
    value[dice.below(static_cast<uint32_t>(value.size()))] ^= std::byte{1};
  return value;
}

TEST(TypesRoundTrip, RandomValuesOfRandomLayouts) {
  size_t survivors = 0;
  for (uint64_t seed = 0; seed < kLayouts; ++seed) {
    Dice dice(seed);
    const Layout layout = random_layout(dice);
    for (uint64_t i = 0; i < kValues; ++i) {
      const Value value = random_value(dice, layout);
      ASSERT_EQ(round_trip_fault(layout, value), "") << "seed " << seed;
      if (Survival(layout)(value)) ++survivors;
    }
  }
  EXPECT_GT(survivors, kLayouts * kValues / 4);
  EXPECT_LT(survivors, kLayouts * kValues * 9 / 10);
}

TEST(TypesRoundTrip, WhatIsPrintedIsJsonForOthersToo) {
  for (uint64_t seed = 0; seed < kLayouts / 5; ++seed) {
    Dice dice(seed);
    const Layout layout = random_layout(dice);
    const std::string text = format_value(layout, {.pretty = dice.one_in(2)}, random_value(dice, layout));
    ASSERT_TRUE(nlohmann::json::accept(text)) << text;
  }
}

TEST(TypesRoundTrip, BtfOfRandomDeclarations) {
  for (uint64_t seed = 0; seed < kLayouts; ++seed) {
    Dice dice(seed);
    const std::string key = random_declaration(dice);
    const std::string value = random_declaration(dice);
    const DeclaredBtf made = declare_btf(key, value);
    const Btf btf(made.blob);
    ASSERT_EQ(btf.layout(made.key_type_id), declare_layout(key, "key")) << key;
    ASSERT_EQ(btf.layout(made.value_type_id), declare_layout(value, "value")) << value;
  }
}

}  // namespace
}  // namespace percpumap::test
