#include "output/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace percpumap {

std::string human_size(uint64_t bytes) {
  constexpr std::array units = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 10240) return fmt::format("{} B", bytes);
  double size = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  for (; size >= 1024 && unit + 1 < units.size(); ++unit) size /= 1024;
  return fmt::format("{:.1f} {}", size, units[unit]);
}

char* add_marks(char* begin, char* end) {
  char* first = *begin == '-' ? begin + 1 : begin;
  const char* last = std::find_if_not(first, end, [](char c) { return c >= '0' && c <= '9'; });
  for (ptrdiff_t left = last - first - 3; left > 0; left -= 3) {
    std::copy_backward(first + left, end, end + 1);
    first[left] = ',';
    ++end;
  }
  return end;
}

}  // namespace percpumap
