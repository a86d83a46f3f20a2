#include "cmd/fields.h"

#include <fmt/format.h>

#include <array>

namespace percpumap {

Item integer_field(std::string name, const Layout& layout, uint64_t value, bool u64_strings) {
  const auto make = [&](auto number) -> Item {
    if (u64_strings && layout.size() == 8) return {std::move(name), std::to_string(number)};
    return {std::move(name), number};
  };
  return layout.root().is_signed ? make(static_cast<int64_t>(value)) : make(value);
}

std::string human_size(uint64_t bytes) {
  constexpr std::array units = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 10240) return fmt::format("{} B", bytes);
  double size = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  for (; size >= 1024 && unit + 1 < units.size(); ++unit) size /= 1024;
  return fmt::format("{:.1f} {}", size, units[unit]);
}

}  // namespace percpumap
