#include "base/utf8.h"

#include <algorithm>
#include <cstdint>

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

}  // namespace

Character first_character(std::string_view text) {
  const uint8_t first = byte_at(text, 0);
  if (first < 0x80) return {.size = 1, .valid = true, .control = first < 0x20 || first == 0x7f};
  const size_t size = sequence_size(first);
  if (size == 0 || size > text.size() || !well_formed(text.substr(0, size))) {
    return {.size = 1, .valid = false, .control = false};
  }
  return {.size = size, .valid = true, .control = first == 0xc2 && byte_at(text, 1) < 0xa0};
}

}  // namespace percpumap
