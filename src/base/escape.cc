#include "base/escape.h"

#include "base/bytes.h"
#include "base/literal.h"
#include "base/utf8.h"

namespace percpumap {
namespace {

bool is_plain(char c) {
  return c >= ' ' && c < '\x7f' && c != '"' && c != '\\';
}

// Leaves `text` at the first character that is not plain ASCII.
char* put_plain(char* out, std::string_view& text) {
  size_t size = 0;
  for (; size < text.size() && is_plain(text[size]); ++size) *out++ = text[size];
  text.remove_prefix(size);
  return out;
}

char* put_unit(char* out, uint32_t unit) {
  const std::byte bytes[] = {static_cast<std::byte>(unit >> 8), static_cast<std::byte>(unit)};
  return write_hex(put(out, "\\u"), bytes);
}

// The letter of a two-character escape; 0 where there is none.
char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\': return c;
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}

char* put_short(char* out, char letter) {
  *out++ = '\\';
  *out++ = letter;
  return out;
}

}  // namespace

char* put_json_text(char* out, std::string_view text) {
  while (true) {
    out = put_plain(out, text);
    if (text.empty()) return out;
    const Character character = first_character(text);
    if (const char letter = short_escape(text.front())) {
      out = put_short(out, letter);
    } else if (character.control || !character.valid) {
      out = put_unit(out, character.code);
    } else {
      out = put(out, text.substr(0, character.size));
    }
    text.remove_prefix(character.size);
  }
}

char* put_shown_text(char* out, std::string_view text) {
  while (true) {
    out = put_plain(out, text);
    if (text.empty()) return out;
    const Character character = first_character(text);
    const std::string_view bytes = text.substr(0, character.size);
    const char letter = short_escape(text.front());
    if (letter == 'n' || letter == 'r' || letter == 't') {
      out = put_short(out, letter);
    } else if (character.control || !character.valid) {
      for (const char& byte : bytes) out = write_hex(put(out, "\\x"), std::as_bytes(std::span(&byte, 1)));
    } else {
      out = put(out, bytes);
    }
    text.remove_prefix(character.size);
  }
}

std::string json_text(std::string_view text) {
  std::string escaped(kJsonEscape * text.size(), '\0');
  escaped.resize(static_cast<size_t>(put_json_text(escaped.data(), text) - escaped.data()));
  return escaped;
}

std::string shown_text(std::string_view text) {
  std::string escaped(kShownEscape * text.size(), '\0');
  escaped.resize(static_cast<size_t>(put_shown_text(escaped.data(), text) - escaped.data()));
  return escaped;
}

}  // namespace percpumap
