#include "stats/bar.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace percpumap {
namespace {

constexpr size_t kEighths = 8;
constexpr std::array<std::string_view, kEighths + 1> kBlocks = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

// Of `parts` marks as many as the share is; one at least, so that what is there is seen.
size_t marks(double share, size_t parts) {
  if (!(share > 0)) return 0;
  const double exact = std::min(share, 1.0) * static_cast<double>(parts);
  return std::max<size_t>(1, static_cast<size_t>(std::lround(exact)));
}

}  // namespace

std::string bar(double share, bool blocks) {
  if (!blocks) return std::string(marks(share, kBarWidth), '#');
  const size_t count = marks(share, kBarWidth * kEighths);
  std::string text;
  for (size_t i = 0; i < count / kEighths; ++i) text += kBlocks[kEighths];
  return text.append(kBlocks[count % kEighths]);
}

}  // namespace percpumap
