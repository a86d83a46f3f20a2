#include "base/utf8.h"

#include <algorithm>

namespace percpumap {
namespace {

uint8_t byte_at(std::string_view text, size_t i) {
  return static_cast<uint8_t>(text[i]);
}

// By the first byte; 0 where none starts with it.
size_t sequence_size(uint8_t first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

// Rules out overlong forms, surrogates and what is beyond U+10FFFF.
bool second_fits(uint8_t first, uint8_t second) {
  if (first == 0xe0) return second >= 0xa0;
  if (first == 0xed) return second <= 0x9f;
  if (first == 0xf0) return second >= 0x90;
  if (first == 0xf4) return second <= 0x8f;
  return true;
}

bool is_continuation(char c) {
  return (static_cast<uint8_t>(c) & 0xc0) == 0x80;
}

bool well_formed(std::string_view sequence) {
  return std::all_of(sequence.begin() + 1, sequence.end(), is_continuation) &&
         second_fits(byte_at(sequence, 0), byte_at(sequence, 1));
}

uint32_t code_of(std::string_view sequence) {
  uint32_t code = byte_at(sequence, 0) & (0xffU >> (sequence.size() + 1));
  for (size_t i = 1; i < sequence.size(); ++i) code = code << 6 | (byte_at(sequence, i) & 0x3f);
  return code;
}

bool is_control(uint32_t code) {
  const auto within = [code](uint32_t first, uint32_t last) { return code >= first && code <= last; };
  return within(0, 0x1f) || within(0x7f, 0x9f) || code == 0x61c || within(0x200b, 0x200f) ||
         within(0x2028, 0x202e) || within(0x2060, 0x206f) || code == 0xfeff;
}

}  // namespace

Character first_character(std::string_view text) {
  const uint8_t first = byte_at(text, 0);
  if (first < 0x80) return {.size = 1, .valid = true, .control = is_control(first), .code = first};
  const size_t size = sequence_size(first);
  if (size == 0 || size > text.size() || !well_formed(text.substr(0, size))) {
    return {.size = 1, .valid = false, .control = false, .code = first};
  }
  const uint32_t code = code_of(text.substr(0, size));
  return {.size = size, .valid = true, .control = is_control(code), .code = code};
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const Character character = first_character(text);
    if (character.valid) {
      valid += text.substr(0, character.size);
    } else {
      valid += static_cast<char>(0xc0 | character.code >> 6);
      valid += static_cast<char>(0x80 | (character.code & 0x3f));
    }
    text.remove_prefix(character.size);
  }
  return valid;
}

}  // namespace percpumap
