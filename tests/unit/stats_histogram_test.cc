#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stats/histogram.h"

namespace percpumap::test {
namespace {

using Numbers = Histogram::Numbers;
using Buckets = std::vector<Histogram::Bucket>;

TEST(Histogram, CountsUnsignedIntegersByPowersOfTwo) {
  Histogram histogram(Numbers::unsigned_integers);
  for (const uint64_t number : {0, 1, 2, 3, 4, 7, 8}) histogram.add(number);
  histogram.add(UINT64_MAX);
  EXPECT_EQ(histogram.buckets(), (Buckets{{0, 1}, {1, 1}, {2, 2}, {3, 2}, {4, 1}, {64, 1}}));
  EXPECT_EQ(histogram.exponent(1), 0);
  EXPECT_EQ(histogram.exponent(64), 63);
}

TEST(Histogram, HasNegativeIntegersOnTheOtherSide) {
  Histogram histogram(Numbers::signed_integers);
  for (const int64_t number : {INT64_MIN, int64_t{-3}, int64_t{-2}, int64_t{-1}, int64_t{0}, INT64_MAX}) {
    histogram.add(static_cast<uint64_t>(number));
  }
  EXPECT_EQ(histogram.buckets(), (Buckets{{-64, 1}, {-2, 2}, {-1, 1}, {0, 1}, {63, 1}}));
  EXPECT_EQ(histogram.exponent(-64), 63);
}

TEST(Histogram, CountsFloatsOfEveryExponent) {
  using Limits = std::numeric_limits<double>;
  Histogram histogram(Numbers::floats);
  for (const double number : {0.0, -0.0, Limits::denorm_min(), 0.25, 0.3, -0.25, Limits::max()}) {
    histogram.add(number);
  }
  const int quarter = 1074 - 2 + 1;
  EXPECT_EQ(histogram.buckets(), (Buckets{{-quarter, 1}, {0, 2}, {1, 1}, {quarter, 2}, {1074 + 1024, 1}}));
  EXPECT_EQ(histogram.exponent(quarter), -2);
  EXPECT_EQ(histogram.exponent(1), -1074);
}

TEST(Histogram, HasBucketsForWhatIsNotFinite) {
  Histogram histogram(Numbers::floats);
  for (const float number : {INFINITY, -INFINITY, NAN}) histogram.add(double{number});
  const Buckets buckets = histogram.buckets();
  ASSERT_EQ(buckets.size(), 2U);
  EXPECT_EQ(histogram.exponent(buckets[0].step), Histogram::kInfinity);
  EXPECT_EQ(histogram.exponent(buckets[1].step), Histogram::kInfinity);
  EXPECT_EQ(histogram.nans(), 1U);
}

}  // namespace
}  // namespace percpumap::test
