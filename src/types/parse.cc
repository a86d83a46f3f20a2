#include "types/parse.h"

#include <algorithm>
#include <optional>

#include "types/format.h"
#include "types/number_text.h"
#include "types/value_reader.h"

namespace percpumap {
namespace {

using Words = std::span<const std::string>;

std::string shown_words(Words words) {
  constexpr size_t kMost = 8;
  std::string text;
  for (const std::string& word : words.first(std::min(words.size(), kMost))) text += " " + shown(word);
  if (words.size() > kMost) text += " ...";
  return text.empty() ? "" : " (" + text.substr(1) + ")";
}

// One byte of several: what `00` to `07` mean is the same in octal and in decimal.
std::optional<std::byte> read_byte(std::string_view word) {
  const bool same_in_octal = word.size() == 2 && word[1] <= '7';
  if (looks_octal(word) && !same_in_octal) return std::nullopt;
  const auto number = read_number(word);
  if (!number || number->overflow || number->magnitude > (number->negative ? 0 : 255)) return std::nullopt;
  return std::byte(number->magnitude);
}

Error not_a_byte(std::string_view word, const FieldPath& path) {
  if (looks_octal(word)) return octal(word, path);
  if (read_number(word)) return path.bad("byte {} is out of range 0..255", shown(word));
  return path.bad("\"{}\" is not a byte", shown(word))
      .advise("bytes are 0 to 255, or 0x00 to 0xff; after the word hex all are hexadecimal");
}

Error wrong_count(Words words, const Layout& layout, std::string_view what) {
  const std::string bytes = counted_bytes(layout.size());
  Error error = FieldPath(what).bad("expected {}, got {}{}", bytes, words.size(), shown_words(words));
  if (!layout.is_bytes()) return std::move(error).advise("or give one " + shown(layout.name()));
  if (words.size() != 1) return error;
  return std::move(error).advise(
      fmt::format("give {}, or the word hex and {} digits, or the type of such a literal with --{}-type",
                  bytes, 2 * layout.size(), what));
}

void parse_hex_byte(std::string_view word, const FieldPath& path, MutableBytes out) {
  const std::string_view digits = has_hex_prefix(word) ? word.substr(2) : word;
  const std::string pair = digits.size() == 1 ? "0" + std::string(digits) : std::string(digits);
  if (from_hex(pair, out)) return;
  throw path.bad("\"{}\" is not a hexadecimal byte", shown(word)).advise("one or two digits, 00 to ff");
}

// The words after `hex`.
void parse_hex_words(Words words, const Layout& layout, std::string_view what, MutableBytes out) {
  const FieldPath path(what);
  if (words.size() == 1 && words.front().size() > 2 && out.size() > 1) {
    return parse_hex_run(words.front(), path, out);
  }
  if (words.size() != out.size()) throw wrong_count(words, layout, what);
  for (size_t i = 0; i < out.size(); ++i) parse_hex_byte(words[i], path, out.subspan(i, 1));
}

void parse_bytes(Words words, std::string_view what, MutableBytes out) {
  for (size_t i = 0; i < out.size(); ++i) {
    const auto byte = read_byte(words[i]);
    if (!byte) throw not_a_byte(words[i], FieldPath(what));
    out[i] = *byte;
  }
}

// What is no single field is written as a dump writes it.
void check_brackets(std::string_view word, const Layout& layout, std::string_view what) {
  if (!layout.root().has_children()) return;
  const bool is_array = layout.root().kind == Kind::array;
  const size_t first = word.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && word[first] == (is_array ? '[' : '{')) return;
  Error error = FieldPath(what).bad("expected a JSON {} ({}), got \"{}\"", is_array ? "array" : "object",
                                    shown(layout.name()), shown(word));
  constexpr size_t kLargest = 64;
  if (layout.size() > kLargest) throw std::move(error);
  const std::string example = format_value(layout, {}, std::vector<std::byte>(layout.size()));
  throw std::move(error).advise("write it like '" + example + "'");
}

void parse_literal(std::string_view word, const Layout& layout, std::string_view what, WideNumbers wide,
                   Members members, MutableBytes out) {
  check_brackets(word, layout, what);
  const FieldPath path(what);
  if (!layout.root().has_children() && !word.starts_with('"')) {
    std::fill(out.begin(), out.end(), std::byte{0});
    return parse_leaf(word, {layout, 0, path, out});
  }
  const std::string called = "the " + std::string(what);
  JsonReader json(word, called);
  parse_json(json, layout, wide, what, out, members);
  json.end();
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

void parse_data(Words words, const Layout& layout, std::string_view what, MutableBytes out, WideNumbers wide,
                Members members) {
  if (!words.empty() && words.front() == "hex") return parse_hex_words(words.subspan(1), layout, what, out);
  if (words.size() == 1 && !layout.is_bytes() && (out.size() > 1 || !read_byte(words.front()))) {
    return parse_literal(words.front(), layout, what, wide, members, out);
  }
  if (words.size() != out.size()) throw wrong_count(words, layout, what);
  parse_bytes(words, what, out);
}

void parse_json(JsonReader& json, const Layout& layout, WideNumbers wide, std::string_view what,
                MutableBytes out, Members members) {
  ValueReader(layout, wide, members).read_json(json, what, out);
}

void parse_values(std::string_view json_text, const Layout& value, WideNumbers wide, size_t cpus,
                  size_t stride, MutableBytes row) {
  JsonReader json(json_text, "the array of values");
  if (const JsonKind kind = json.kind(); kind != JsonKind::array) {
    throw FieldPath("values").bad("expected a JSON array, got {}", json_kind_name(kind));
  }
  const size_t count = count_elements(json);
  if (count != cpus) {
    throw FieldPath("values").bad("expected {}, one per possible CPU, got {}", cpus, count);
  }
  std::fill(row.begin(), row.end(), std::byte{0});
  ValueReader reader(value, wide);
  json.reset(json_text);
  json.open_array();
  for (size_t slot = 0; json.element(); ++slot) {
    const std::string what = fmt::format("values[{}]", slot);
    reader.read_json(json, what, row.subspan(slot * stride, value.size()));
  }
}

}  // namespace percpumap
