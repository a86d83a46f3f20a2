#include "stats/histogram.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace percpumap {
namespace {

// The exponents of what is not zero: of 64 bits; of floats from the smallest to the infinity.
constexpr int kLeastFloat = std::numeric_limits<double>::min_exponent - std::numeric_limits<double>::digits;
constexpr size_t kIntegerSteps = 64;
constexpr size_t kFloatSteps = Histogram::kInfinity - kLeastFloat + 1;

}  // namespace

Histogram::Histogram(Numbers numbers)
    : numbers_(numbers), counts_(2 * (numbers == Numbers::floats ? kFloatSteps : kIntegerSteps) + 1) {}

int Histogram::exponent(int step) const {
  return std::abs(step) - 1 + (is_floating() ? kLeastFloat : 0);
}

void Histogram::add(uint64_t integer) {
  const bool negative = numbers_ == Numbers::signed_integers && static_cast<int64_t>(integer) < 0;
  count(negative ? -std::bit_width(-integer) : std::bit_width(integer));
}

void Histogram::add(double number) {
  if (std::isnan(number)) {
    ++nans_;
  } else if (number == 0) {
    count(0);
  } else {
    const int step = 1 - kLeastFloat + (std::isinf(number) ? kInfinity : std::ilogb(number));
    count(number < 0 ? -step : step);
  }
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> found;
  for (size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) found.push_back({static_cast<int>(i) - zero(), counts_[i]});
  }
  return found;
}

}  // namespace percpumap
