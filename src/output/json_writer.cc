#include "output/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "output/utf8.h"

namespace percpumap {
namespace {

// Enough for any integer and for the shortest form of any double.
constexpr size_t kNumberWidth = 32;

template <typename Number>
void put_number(Text& out, Number value) {
  char* digits = out.room(kNumberWidth);
  out.wrote(std::to_chars(digits, digits + kNumberWidth, value).ptr);
}

bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

size_t plain_prefix(std::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), is_plain) - text.begin());
}

// \u00XX of one byte, which is also the code point of a control character.
void put_code(Text& out, uint8_t code) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  char* end = put(out.room(6), "\\u00");
  *end++ = kDigits[code >> 4];
  *end++ = kDigits[code & 15];
  out.wrote(end);
}

std::string_view short_escape(char c) {
  switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return {};
  }
}

// The first character of `text`, which is not plain; returns its size.
size_t put_character(Text& out, std::string_view text) {
  const std::string_view escape = short_escape(text[0]);
  if (!escape.empty()) {
    out.write(escape);
    return 1;
  }
  const Character character = first_character(text);
  if (character.valid && !character.control) {
    out.write(text.substr(0, character.size));
  } else {
    put_code(out, static_cast<uint8_t>(text[character.size - 1]));
  }
  return character.size;
}

}  // namespace

void JsonWriter::key(std::string_view name) {
  separate();
  quoted(name);
  out_.write(style_ == Style::pretty ? ": " : ":");
  after_key_ = true;
}

void JsonWriter::string(std::string_view utf8) {
  separate();
  quoted(utf8);
}

void JsonWriter::number(uint64_t value) {
  separate();
  put_number(out_, value);
}

void JsonWriter::number(int64_t value) {
  separate();
  put_number(out_, value);
}

void JsonWriter::number(double value) {
  if (std::isnan(value)) return string("nan");
  if (std::isinf(value)) return string(value < 0 ? "-inf" : "inf");
  separate();
  put_number(out_, value);
}

void JsonWriter::boolean(bool value) {
  raw(value ? "true" : "false");
}

void JsonWriter::raw(std::string_view json) {
  separate();
  out_.write(json);
}

void JsonWriter::newline() {
  out_.write("\n");
  first_ = true;
}

void JsonWriter::open(char bracket) {
  separate();
  out_.write({&bracket, 1});
  ++depth_;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  --depth_;
  if (!first_) indent();
  out_.write({&bracket, 1});
  first_ = false;
}

// Before every key and every value.
void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_.write(",");
  first_ = false;
  if (depth_ > 0) indent();
}

void JsonWriter::indent() {
  if (style_ == Style::compact) return;
  const size_t size = 1 + 2 * depth_;
  char* out = out_.room(size);
  *out = '\n';
  std::fill_n(out + 1, size - 1, ' ');
  out_.wrote(out + size);
}

void JsonWriter::quoted(std::string_view utf8) {
  out_.write("\"");
  while (!utf8.empty()) {
    const size_t plain = plain_prefix(utf8);
    out_.write(utf8.substr(0, plain));
    utf8.remove_prefix(plain);
    if (!utf8.empty()) utf8.remove_prefix(put_character(out_, utf8));
  }
  out_.write("\"");
}

}  // namespace percpumap
