#include "output/utf8.h"

#include <algorithm>
#include <cstdint>

#include "base/escape.h"

namespace percpumap {
namespace {

bool is_continuation(char c) {
  return (static_cast<uint8_t>(c) & 0xc0) == 0x80;
}

}  // namespace

std::string escape_controls(std::string_view text) {
  std::string escaped(kShownEscape * text.size(), '\0');
  escaped.resize(static_cast<size_t>(put_shown_text(escaped.data(), text) - escaped.data()));
  return escaped;
}

size_t display_width(std::string_view text) {
  return text.size() - static_cast<size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

}  // namespace percpumap
