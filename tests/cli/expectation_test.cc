#include "cli/expectation.h"

#include <gtest/gtest.h>

namespace percpumap::test {
namespace {

using Lines = std::vector<std::string>;

TEST(Expectation, TheSameLinesMatch) {
  EXPECT_EQ(difference(Lines{}, ""), "");
  EXPECT_EQ(difference(Lines{"a", "", "b"}, "a\n\nb\n"), "");
}

TEST(Expectation, ARegularExpressionIsForTheWholeLine) {
  EXPECT_EQ(difference(Lines{"(re)id [0-9]+"}, "id 12\n"), "");
  EXPECT_EQ(difference(Lines{"(re)id [0-9]+"}, "id 12 \n"), "- (re)id [0-9]+\n+ id 12 \n");
}

TEST(Expectation, AnyIsAnyNumberOfLines) {
  EXPECT_EQ(difference(Lines{"(any)"}, ""), "");
  EXPECT_EQ(difference(Lines{"a", "(any)", "b"}, "a\nx\nb\ny\nb\n"), "");
  EXPECT_NE(difference(Lines{"a", "(any)", "b"}, "a\nx\n"), "");
}

TEST(Expectation, ADifferenceIsShownBetweenWhatIsCommon) {
  EXPECT_EQ(difference(Lines{"a", "b", "c"}, "a\nx\ny\nc\n"), "  a\n- b\n+ x\n+ y\n  c\n");
  EXPECT_EQ(difference(Lines{"a", "b"}, "a\n"), "  a\n- b\n");
  EXPECT_EQ(difference(Lines{}, "a\n"), "+ a\n");
}

TEST(Expectation, AMissingLastNewlineIsADifference) {
  EXPECT_EQ(difference(Lines{"a"}, "a"), "- a\n+ a (no newline at the end)\n");
}

}  // namespace
}  // namespace percpumap::test
