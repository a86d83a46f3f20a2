#include "types/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>

#include "base/error.h"

namespace percpumap {
namespace {

using Words = std::span<const std::string>;

struct Number {
  uint64_t magnitude = 0;
  bool negative = false;
  bool overflow = false;  // beyond 64 bits
};

struct Range {
  uint64_t below;  // how far under zero
  uint64_t above;
};

Range range_of(const Layout& layout) {
  const uint64_t all = ~uint64_t{0} >> (64 - 8 * layout.size());
  return layout.root().is_signed ? Range{all / 2 + 1, all / 2} : Range{0, all};
}

template <typename... Args>
Error bad(std::string_view what, fmt::format_string<Args...> format, Args&&... args) {
  return {Problem::bad_data, fmt::format("{}: {}", what, fmt::format(format, std::forward<Args>(args)...))};
}

std::string shown_words(Words words) {
  constexpr size_t kMost = 8;
  std::string text;
  for (const std::string& word : words.first(std::min(words.size(), kMost))) text += " " + shown(word);
  if (words.size() > kMost) text += " ...";
  return text.empty() ? "" : " (" + text.substr(1) + ")";
}

std::string counted(size_t bytes) {
  return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
}

bool has_hex_prefix(std::string_view word) {
  return word.starts_with("0x") || word.starts_with("0X");
}

bool looks_octal(std::string_view word) {
  if (word.starts_with('-')) word.remove_prefix(1);
  return word.size() > 1 && word.front() == '0' &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Error octal(std::string_view word, std::string_view what) {
  return bad(what, "{}: octal or decimal?", shown(word))
      .advise("write decimal numbers without leading zeros (8), others in hexadecimal (0x8)");
}

std::optional<Number> read_number(std::string_view word) {
  Number number;
  if (word.starts_with('-')) {
    number.negative = true;
    word.remove_prefix(1);
  }
  const int base = has_hex_prefix(word) ? 16 : 10;
  if (base == 16) word.remove_prefix(2);
  const char* const end = word.data() + word.size();
  const auto [stop, ec] = std::from_chars(word.data(), end, number.magnitude, base);
  if (ec == std::errc::invalid_argument || stop != end) return std::nullopt;
  number.overflow = ec == std::errc::result_out_of_range;
  return number;
}

bool fits(const Number& number, const Range& range) {
  return !number.overflow && number.magnitude <= (number.negative ? range.below : range.above);
}

// One byte of several: what `00` to `07` mean is the same in octal and in decimal.
std::optional<std::byte> read_byte(std::string_view word) {
  const bool same_in_octal = word.size() == 2 && word[1] <= '7';
  if (looks_octal(word) && !same_in_octal) return std::nullopt;
  const auto number = read_number(word);
  if (!number || !fits(*number, Range{0, 255})) return std::nullopt;
  return std::byte(number->magnitude);
}

Error not_a_byte(std::string_view word, std::string_view what) {
  if (looks_octal(word)) return octal(word, what);
  if (read_number(word)) return bad(what, "byte {} is out of range 0..255", shown(word));
  return bad(what, "\"{}\" is not a byte", shown(word))
      .advise("bytes are 0 to 255, or 0x00 to 0xff; after the word hex all are hexadecimal");
}

Error wrong_count(Words words, const Layout& layout, std::string_view what) {
  Error error = bad(what, "expected {}, got {}{}", counted(layout.size()), words.size(), shown_words(words));
  if ((layout.root().kind == Kind::integer)) return std::move(error).advise(fmt::format("or give one {}", layout.name()));
  if (words.size() == 1) {
    return std::move(error).advise(
        fmt::format("give {}, or the word hex and {} digits, or the type of such a literal with --{}-type",
                    counted(layout.size()), 2 * layout.size(), what));
  }
  return error;
}

template <typename Unsigned>
void store(uint64_t value, MutableBytes out) {
  const auto narrow = static_cast<Unsigned>(value);
  std::memcpy(out.data(), &narrow, sizeof narrow);
}

// `word`: how the number was written.
void store_number(const Number& number, const Layout& layout, std::string_view word, std::string_view what,
                  MutableBytes out) {
  const Range range = range_of(layout);
  if (!fits(number, range)) {
    throw bad(what, "{} is out of range {}{}..{} of {}", shown(word), range.below != 0 ? "-" : "",
              range.below, range.above, layout.name());
  }
  const uint64_t value = number.negative ? 0 - number.magnitude : number.magnitude;
  switch (layout.size()) {
    case 1: return store<uint8_t>(value, out);
    case 2: return store<uint16_t>(value, out);
    case 4: return store<uint32_t>(value, out);
    default: return store<uint64_t>(value, out);
  }
}

void parse_literal(std::string_view word, const Layout& layout, std::string_view what, MutableBytes out) {
  if (looks_octal(word)) throw octal(word, what);
  const auto number = read_number(word);
  if (!number) {
    throw bad(what, "\"{}\" is not a number ({})", shown(word), layout.name())
        .advise("write it in decimal, or in hexadecimal with 0x");
  }
  store_number(*number, layout, word, what, out);
}

void parse_hex_run(std::string_view run, std::string_view what, MutableBytes out) {
  if (from_hex(run, out)) return;
  if (has_hex_prefix(run)) {
    throw bad(what, "{} after the word hex reads like a number", shown(run))
        .advise("write the bytes in memory order, without 0x");
  }
  if (run.size() == 2 * out.size()) throw bad(what, "\"{}\" is not hexadecimal", shown(run));
  throw bad(what, "expected {} hexadecimal digits ({}), got {} ({})", 2 * out.size(), counted(out.size()),
            run.size(), shown(run));
}

void parse_hex_byte(std::string_view word, std::string_view what, MutableBytes out) {
  const std::string_view digits = has_hex_prefix(word) ? word.substr(2) : word;
  const std::string pair = digits.size() == 1 ? "0" + std::string(digits) : std::string(digits);
  if (from_hex(pair, out)) return;
  throw bad(what, "\"{}\" is not a hexadecimal byte", shown(word)).advise("one or two digits, 00 to ff");
}

// The words after `hex`.
void parse_hex_words(Words words, const Layout& layout, std::string_view what, MutableBytes out) {
  if (words.size() == 1 && words.front().size() > 2 && out.size() > 1) {
    return parse_hex_run(words.front(), what, out);
  }
  if (words.size() != out.size()) throw wrong_count(words, layout, what);
  for (size_t i = 0; i < out.size(); ++i) parse_hex_byte(words[i], what, out.subspan(i, 1));
}

void parse_digits(std::string_view text, const Layout& layout, WideNumbers wide, std::string_view what,
                  MutableBytes out) {
  const bool expected = wide == WideNumbers::strings && layout.size() == 8 && !looks_octal(text);
  const auto number = expected ? read_number(text) : std::nullopt;
  if (!number) {
    throw bad(what, "expected an integer ({}), got the string \"{}\"", layout.name(), shown(text))
        .advise(
            "what was dumped without types is read without types, and what was dumped under --u64 string "
            "is read under it");
  }
  store_number(*number, layout, text, what, out);
}

void parse_json_number(JsonReader& json, const Layout& layout, WideNumbers wide, std::string_view what,
                       MutableBytes out) {
  const JsonKind kind = json.kind();
  if (kind == JsonKind::string) return parse_digits(json.string(), layout, wide, what, out);
  if (kind != JsonKind::number) {
    throw bad(what, "expected an integer ({}), got {}", layout.name(), json_kind_name(kind));
  }
  const std::string_view text = json.number();
  const auto number = read_number(text);
  if (!number) throw bad(what, "{} is not an integer that {} can hold", shown(text), layout.name());
  store_number(*number, layout, text, what, out);
}

// How many elements the array has that is all of `json`.
size_t count_elements(JsonReader& json) {
  size_t count = 0;
  json.open_array();
  for (; json.element(); ++count) json.skip();
  json.end();
  return count;
}

}  // namespace

void parse_data(Words words, const Layout& layout, std::string_view what, MutableBytes out) {
  if (!words.empty() && words.front() == "hex") return parse_hex_words(words.subspan(1), layout, what, out);
  if (words.size() == 1 && (layout.root().kind == Kind::integer) && (out.size() > 1 || !read_byte(words.front()))) {
    return parse_literal(words.front(), layout, what, out);
  }
  if (words.size() != out.size()) throw wrong_count(words, layout, what);
  for (size_t i = 0; i < out.size(); ++i) {
    const auto byte = read_byte(words[i]);
    if (!byte) throw not_a_byte(words[i], what);
    out[i] = *byte;
  }
}

void parse_json(JsonReader& json, const Layout& layout, WideNumbers wide, std::string_view what,
                MutableBytes out) {
  if ((layout.root().kind == Kind::integer)) return parse_json_number(json, layout, wide, what, out);
  const JsonKind kind = json.kind();
  if (kind != JsonKind::string) {
    throw bad(what, "expected a string of {} hexadecimal digits, got {}", 2 * out.size(),
              json_kind_name(kind))
        .advise("what was dumped with types is read with the same types");
  }
  parse_hex_run(json.string(), what, out);
}

void parse_cell(std::string_view cell, const Layout& layout, std::string_view what, MutableBytes out) {
  if ((layout.root().kind == Kind::integer)) return parse_literal(cell, layout, what, out);
  parse_hex_run(cell, what, out);
}

void parse_values(std::string_view json_text, const Layout& value, WideNumbers wide, size_t cpus,
                  size_t stride, MutableBytes row) {
  JsonReader json(json_text, "the array of values");
  if (const JsonKind kind = json.kind(); kind != JsonKind::array) {
    throw bad("values", "expected a JSON array, got {}", json_kind_name(kind));
  }
  const size_t count = count_elements(json);
  if (count != cpus) throw bad("values", "expected {}, one per possible CPU, got {}", cpus, count);
  std::fill(row.begin(), row.end(), std::byte{0});
  json.reset(json_text);
  json.open_array();
  for (size_t slot = 0; json.element(); ++slot) {
    parse_json(json, value, wide, fmt::format("values[{}]", slot), row.subspan(slot * stride, value.size()));
  }
}

}  // namespace percpumap
