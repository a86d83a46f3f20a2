#include <gtest/gtest.h>

#include "stats/bar.h"

namespace percpumap::test {
namespace {

TEST(Bar, IsAsLongAsTheShare) {
  EXPECT_EQ(bar(0.5, false), std::string(kBarWidth / 2, '#'));
  EXPECT_EQ(bar(1, false), std::string(kBarWidth, '#'));
  EXPECT_EQ(bar(0, false), "");
}

TEST(Bar, HasEighthsInBlocks) {
  EXPECT_EQ(bar(3.0 / kBarWidth, true), "███");
  EXPECT_EQ(bar(2.5 / kBarWidth, true), "██▌");
  EXPECT_EQ(bar(0, true), "");
}

TEST(Bar, ShowsWhatIsThereHoweverLittle) {
  EXPECT_EQ(bar(1e-9, true), "▏");
  EXPECT_EQ(bar(1e-9, false), "#");
}

TEST(Bar, IsNeverLongerThanItsWidth) {
  EXPECT_EQ(bar(7, false).size(), kBarWidth);
}

}  // namespace
}  // namespace percpumap::test
