#include "types/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/utf8.h"

namespace percpumap {
namespace {

// What a string is made of for the most part: ASCII but for control characters, quotes and backslashes.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool is_plain(char c) {
  return kPlain[static_cast<uint8_t>(c)];
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// REQUIRES a hexadecimal digit.
uint32_t digit_value(char c) {
  if (is_digit(c)) return static_cast<uint32_t>(c - '0');
  return static_cast<uint32_t>((c | 0x20) - 'a') + 10;
}

bool is_hex_digit(char c) {
  return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

bool is_high_surrogate(uint32_t unit) {
  return unit >= 0xd800 && unit <= 0xdbff;
}
bool is_low_surrogate(uint32_t unit) {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

void append_utf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  const auto put_rest = [&](int shift) { put(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) return put(0xc0 | code >> 6), put_rest(0);
  if (code < 0x10000) return put(0xe0 | code >> 12), put_rest(6), put_rest(0);
  put(0xf0 | code >> 18), put_rest(12), put_rest(6), put_rest(0);
}

uint32_t code_unit(const char* digits) {
  uint32_t unit = 0;
  for (int i = 0; i < 4; ++i) unit = unit << 4 | digit_value(digits[i]);
  return unit;
}

// The character of the escape behind a backslash at `at`; moves it past the escape (both, of surrogates).
// REQUIRES that pass_escape() has seen it.
uint32_t take_escape(const char*& at) {
  const char c = *at++;
  if (c != 'u') {
    constexpr std::string_view kLetters = "bfnrt";
    constexpr std::string_view kMeant = "\b\f\n\r\t";
    const size_t letter = kLetters.find(c);
    return static_cast<uint8_t>(letter == std::string_view::npos ? c : kMeant[letter]);
  }
  const uint32_t high = code_unit(at);
  at += 4;
  if (!is_high_surrogate(high)) return high;
  const uint32_t low = code_unit(at + 2);
  at += 6;
  return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

void unescape(std::string_view quoted, std::string& out) {
  out.clear();
  for (const char* at = quoted.data(); at != quoted.data() + quoted.size();) {
    if (*at == '\\') {
      append_utf8(out, take_escape(++at));
    } else {
      out += *at++;
    }
  }
}

}  // namespace

std::string_view json_kind_name(JsonKind kind) {
  constexpr std::array<std::string_view, 6> kNames = {"null",   "boolean", "number",
                                                      "string", "array",   "object"};
  return kNames[static_cast<size_t>(kind)];
}

void JsonReader::reset(std::string_view text) {
  begin_ = at_ = text.data();
  end_ = at_ + text.size();
  depth_ = 0;
  names_.clear();
  begins_.clear();
  escaped_names_.clear();
}

char JsonReader::peek_behind_space() {
  while (!at_end() && is_space(*at_)) ++at_;
  if (at_end()) refuse();
  return *at_;
}

JsonKind JsonReader::kind() {
  switch (const char c = peek(); c) {
    case 'n': return JsonKind::null;
    case 't':
    case 'f': return JsonKind::boolean;
    case '"': return JsonKind::string;
    case '[': return JsonKind::array;
    case '{': return JsonKind::object;
    default:
      if (c != '-' && !is_digit(c)) refuse();
      return JsonKind::number;
  }
}

void JsonReader::null() {
  if (peek() != 'n') refuse_kind(JsonKind::null);
  pass_word("null");
}

bool JsonReader::boolean() {
  if (kind() != JsonKind::boolean) refuse_kind(JsonKind::boolean);
  const bool value = *at_ == 't';
  pass_word(value ? "true" : "false");
  return value;
}

std::string_view JsonReader::number() {
  if (kind() != JsonKind::number) refuse_kind(JsonKind::number);
  const char* const begin = at_;
  if (*at_ == '-') ++at_;
  if (!at_end() && *at_ == '0') {
    ++at_;
  } else {
    pass_digits();
  }
  if (!at_end() && *at_ == '.') {
    ++at_;
    pass_digits();
  }
  if (!at_end() && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (!at_end() && (*at_ == '+' || *at_ == '-')) ++at_;
    pass_digits();
  }
  return {begin, at_};
}

std::string_view JsonReader::string() {
  if (peek() != '"') refuse_kind(JsonKind::string);
  const Quoted quoted = pass_string();
  if (!quoted.escapes) return quoted.text;
  unescape(quoted.text, string_);
  return string_;
}

void JsonReader::open_object() {
  open(JsonKind::object, '{');
  begins_.push_back(names_.size());
}

bool JsonReader::member(std::string_view& name) {
  if (!more('}')) {
    refuse_doubled_names();
    return false;
  }
  const Quoted quoted = pass_name();
  name = quoted.text;
  if (quoted.escapes) {
    unescape(quoted.text, escaped_names_.emplace_front());
    name = escaped_names_.front();
  }
  names_.push_back(name);
  return true;
}

std::string_view JsonReader::skip() {
  peek();
  const char* const begin = at_;
  pass_value();
  return {begin, at_};
}

void JsonReader::end() {
  while (!at_end() && is_space(*at_)) ++at_;
  if (!at_end()) refuse();
}

void JsonReader::open(JsonKind kind, char bracket) {
  if (peek() != bracket) refuse_kind(kind);
  if (++depth_ > kMaxJsonDepth) {
    throw Error(Problem::bad_data, fmt::format("more than {} levels of brackets", kMaxJsonDepth));
  }
  ++at_;
  first_ = true;
}

bool JsonReader::more(char closing) {
  const char c = peek();
  const bool first = first_;
  first_ = false;  // of what is open now or, behind its end, of what it stands in
  if (c == closing) {
    ++at_;
    --depth_;
    return false;
  }
  if (first) return true;
  if (c != ',') refuse();
  ++at_;
  return true;
}

void JsonReader::pass_value() {
  switch (kind()) {
    case JsonKind::null: return null();
    case JsonKind::boolean: boolean(); return;
    case JsonKind::number: number(); return;
    case JsonKind::string: pass_string(); return;
    case JsonKind::array:
      open_array();
      while (element()) pass_value();
      return;
    case JsonKind::object:
      open(JsonKind::object, '{');
      while (more('}')) {
        pass_name();
        pass_value();
      }
  }
}

void JsonReader::pass_word(std::string_view word) {
  for (const char c : word) {
    if (at_end() || *at_ != c) refuse();
    ++at_;
  }
}

void JsonReader::pass_digits() {
  if (at_end() || !is_digit(*at_)) refuse();
  while (!at_end() && is_digit(*at_)) ++at_;
}

JsonReader::Quoted JsonReader::pass_string() {
  const char* const begin = ++at_;
  bool escapes = false;
  for (;;) {
    while (!at_end() && is_plain(*at_)) ++at_;
    if (at_end()) refuse();
    if (*at_ == '"') return {{begin, at_++}, escapes};
    if (*at_ == '\\') {
      escapes = true;
      pass_escape();
    } else {
      const Character character = first_character({at_, end_});
      if (!character.valid || character.size == 1) refuse();  // no UTF-8, or a control character
      at_ += character.size;
    }
  }
}

void JsonReader::pass_escape() {
  ++at_;
  constexpr std::string_view kLetters = "\"\\/bfnrtu";
  if (at_end() || kLetters.find(*at_) == std::string_view::npos) refuse();
  if (*at_++ != 'u') return;
  const uint32_t unit = pass_code_unit();
  if (is_low_surrogate(unit)) refuse();
  if (!is_high_surrogate(unit)) return;
  pass_word("\\u");
  if (!is_low_surrogate(pass_code_unit())) refuse();
}

uint32_t JsonReader::pass_code_unit() {
  const char* const digits = at_;
  for (int i = 0; i < 4; ++i, ++at_) {
    if (at_end() || !is_hex_digit(*at_)) refuse();
  }
  return code_unit(digits);
}

JsonReader::Quoted JsonReader::pass_name() {
  if (peek() != '"') refuse();
  const Quoted name = pass_string();
  if (peek() != ':') refuse();
  ++at_;
  return name;
}

// At the end of the object, where one sort is enough however many names there are.
void JsonReader::refuse_doubled_names() {
  const auto begin = names_.begin() + static_cast<ptrdiff_t>(begins_.back());
  std::sort(begin, names_.end());
  const auto doubled = std::adjacent_find(begin, names_.end());
  if (doubled != names_.end()) {
    throw Error(Problem::bad_data, fmt::format("\"{}\" comes twice in one object", shown(*doubled)));
  }
  names_.erase(begin, names_.end());
  begins_.pop_back();
  if (begins_.empty()) escaped_names_.clear();
}

void JsonReader::refuse() const {
  if (at_end()) throw Error(Problem::bad_data, fmt::format("not JSON: {} ends too early", what_));
  throw Error(Problem::bad_data, fmt::format("not JSON near character {} of {}", at_ - begin_ + 1, what_));
}

void JsonReader::refuse_kind(JsonKind wanted) {
  const JsonKind got = kind();
  throw Error(Problem::bad_data,
              fmt::format("expected {} near character {} of {}, got {}", json_kind_name(wanted),
                          at_ - begin_ + 1, what_, json_kind_name(got)));
}

}  // namespace percpumap
