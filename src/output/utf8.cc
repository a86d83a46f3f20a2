#include "output/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/utf8.h"

namespace percpumap {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// Marks that stand over or under the character before them, and what chooses between its forms.
constexpr std::array kCombining = {Range{0x0300, 0x036f}, Range{0x0483, 0x0489}, Range{0x0591, 0x05bd},
                                   Range{0x0610, 0x061a}, Range{0x064b, 0x065f}, Range{0x0e34, 0x0e3a},
                                   Range{0x0e47, 0x0e4e}, Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff},
                                   Range{0x20d0, 0x20ff}, Range{0x302a, 0x302f}, Range{0x3099, 0x309a},
                                   Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f}, Range{0xe0100, 0xe01ef}};

// Rather too many than too few: a line that is too short does no harm.
constexpr std::array kWide = {
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x23e9, 0x23f3},   Range{0x25fd, 0x25fe},
    Range{0x2614, 0x2615},   Range{0x2648, 0x2653},   Range{0x267f, 0x27bf},   Range{0x2b1b, 0x2b55},
    Range{0x2e80, 0x303e},   Range{0x3041, 0x33ff},   Range{0x3400, 0x4dbf},   Range{0x4e00, 0xa4cf},
    Range{0xa960, 0xa97c},   Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},
    Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},   Range{0x16fe0, 0x18cff}, Range{0x1aff0, 0x1b2ff},
    Range{0x1f004, 0x1f251}, Range{0x1f300, 0x1faff}, Range{0x20000, 0x3fffd}};

template <typename Ranges>
bool contains(const Ranges& ranges, uint32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return code >= range.first && code <= range.last; });
}

size_t width_of(uint32_t code) {
  if (code < kCombining.front().first) return 1;
  if (contains(kCombining, code)) return 0;
  return contains(kWide, code) ? 2 : 1;
}

}  // namespace

size_t display_width(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    width += width_of(character.code);
    text.remove_prefix(character.size);
  }
  return width;
}

std::string_view prefix_of_width(std::string_view text, size_t columns) {
  size_t size = 0;
  while (size < text.size()) {
    const Character character = first_character(text.substr(size));
    const size_t width = width_of(character.code);
    if (width > columns) break;
    columns -= width;
    size += character.size;
  }
  return text.substr(0, size);
}

}  // namespace percpumap
