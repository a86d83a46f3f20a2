// Shares as bars of characters.
#pragma once

#include <cstddef>
#include <string>

namespace percpumap {

inline constexpr size_t kBarWidth = 24;

// `share` (0 to 1) of kBarWidth characters: block characters with eighths, or #. Never empty unless the share
// is 0.
std::string bar(double share, bool blocks);

}  // namespace percpumap
