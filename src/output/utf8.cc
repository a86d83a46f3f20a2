#include "output/utf8.h"

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"

namespace percpumap {
namespace {

bool is_continuation(char c) {
  return (static_cast<uint8_t>(c) & 0xc0) == 0x80;
}

std::string escape(std::string_view character) {
  if (character == "\n") return "\\n";
  if (character == "\r") return "\\r";
  if (character == "\t") return "\\t";
  std::string escaped;
  for (const char c : character) escaped += "\\x" + to_hex(std::as_bytes(std::span(&c, 1)));
  return escaped;
}

}  // namespace

std::string escape_controls(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::string_view bytes = text.substr(0, character.size);
    escaped += character.control || !character.valid ? escape(bytes) : std::string(bytes);
    text.remove_prefix(character.size);
  }
  return escaped;
}

size_t display_width(std::string_view text) {
  return text.size() - static_cast<size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

}  // namespace percpumap
