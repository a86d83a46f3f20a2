#include "types/parse_leaf.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <vector>

#include "base/nearest.h"
#include "types/number_text.h"
#include "types/scalar.h"

namespace percpumap {
namespace {

// What a message calls the field's form, in words and in JSON.
std::string form_of(const LeafPlace& place) {
  const std::string type = place.type();
  switch (place.field().kind) {
    case Kind::integer:
    case Kind::pointer: return "an integer (" + type + ")";
    case Kind::boolean: return "true or false";
    case Kind::floating: return "a number, \"nan\", \"inf\" or \"-inf\" (" + type + ")";
    case Kind::enumeration: return "the name of an enumerator";
    case Kind::bytes: return fmt::format("a string of {} hexadecimal digits", 2 * place.field().size);
    default: return "a string (" + type + ")";
  }
}

void parse_integer(std::string_view text, const LeafPlace& place) {
  if (looks_octal(text)) throw octal(text, place.path);
  const auto number = read_number(text);
  if (!number) {
    throw place.path.bad("\"{}\" is not a number ({})", shown(text), place.type())
        .advise("write it in decimal, or in hexadecimal with 0x");
  }
  store_number(*number, text, place);
}

void parse_boolean(std::string_view text, const LeafPlace& place) {
  const bool is_true = text == "true" || text == "1";
  if (!is_true && text != "false" && text != "0") {
    throw place.path.bad("\"{}\" is neither true nor false", shown(text));
  }
  place.at.front() = std::byte{is_true};
}

template <typename Float>
bool read_special(std::string_view text, double& value) {
  constexpr Float kNan = std::numeric_limits<Float>::quiet_NaN();
  constexpr Float kInfinity = std::numeric_limits<Float>::infinity();
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text != "nan" && text != "inf") return false;
  const Float magnitude = text == "nan" ? kNan : kInfinity;
  value = static_cast<double>(negative ? -magnitude : magnitude);
  return true;
}

// from_chars also takes forms of NaN and infinity that nobody writes.
bool begins_as_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && ((text.front() >= '0' && text.front() <= '9') || text.front() == '.');
}

// To the nearest number that the field can hold, rounded once.
template <typename Float>
void parse_float(std::string_view text, const LeafPlace& place) {
  double value = 0;
  if (!read_special<Float>(text, value)) {
    Float number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, ec] = std::from_chars(text.data(), end, number);
    if (!begins_as_number(text) || stop != end || ec == std::errc::invalid_argument) {
      throw place.path.bad("\"{}\" is not a number ({})", shown(text), place.type());
    }
    if (ec != std::errc()) throw place.path.bad("{} is out of range of {}", shown(text), place.type());
    value = static_cast<double>(number);
  }
  store_floating(place.field(), value, place.at.data());
}

void parse_floating(std::string_view text, const LeafPlace& place) {
  return place.field().size == 8 ? parse_float<double>(text, place) : parse_float<float>(text, place);
}

// The enumerator that may have been meant, or what there is.
std::string known_choices(std::string_view text, const std::vector<Enumerator>& choices) {
  constexpr size_t kMost = 16;
  if (choices.empty()) return "it has no names: write the number";
  std::vector<std::string_view> names;
  names.reserve(choices.size());
  for (const Enumerator& choice : choices) names.push_back(choice.name);
  if (const std::string near = nearest(text, names); !near.empty())
    return "did you mean " + shown(near) + "?";
  std::string list;
  for (const std::string_view name : std::span(names).first(std::min(names.size(), kMost))) {
    list += (list.empty() ? "" : ", ") + shown(name);
  }
  return "it is one of " + list + (names.size() > kMost ? ", ..." : "") + ", or a number";
}

void parse_enumeration(std::string_view text, const LeafPlace& place) {
  const auto& choices = place.layout.enumerators(place.field());
  const auto choice =
      std::find_if(choices.begin(), choices.end(), [&](const Enumerator& one) { return one.name == text; });
  if (choice != choices.end()) return store_integer(place.field(), choice->value, place.at.data());
  if (looks_octal(text)) throw octal(text, place.path);
  const auto number = read_number(text);
  if (!number) {
    throw place.path.bad("there is no enumerator \"{}\"", shown(text)).advise(known_choices(text, choices));
  }
  store_number(*number, text, place);
}

void parse_text(std::string_view text, const LeafPlace& place) {
  if (text.size() > place.at.size()) {
    throw place.path.bad("\"{}\" has {}, and {} holds {}", shown(text), counted_bytes(text.size()),
                         place.type(), place.at.size());
  }
  if (text.find('\0') != std::string_view::npos) {
    throw place.path.bad("a NUL ends a text, so what stands behind it would be lost")
        .advise("bytes can be given as bytes");
  }
  const Bytes bytes = std::as_bytes(std::span(text));
  std::fill(std::copy(bytes.begin(), bytes.end(), place.at.begin()), place.at.end(), std::byte{0});
}

void parse_address(int family, std::string_view text, const LeafPlace& place) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  const bool fits = text.size() < terminated.size() && text.find('\0') == std::string_view::npos;
  if (fits) text.copy(terminated.data(), text.size());
  if (fits && inet_pton(family, terminated.data(), place.at.data()) == 1) return;
  throw place.path.bad("\"{}\" is not an IPv{} address", shown(text), family == AF_INET ? 4 : 6);
}

void parse_mac(std::string_view text, const LeafPlace& place) {
  constexpr size_t kOctets = 6;
  bool valid = text.size() == 3 * kOctets - 1;
  for (size_t i = 0; valid && i < kOctets; ++i) {
    valid = from_hex(text.substr(3 * i, 2), place.at.subspan(i, 1)) && (i == 0 || text[3 * i - 1] == ':');
  }
  if (valid) return;
  throw place.path.bad("\"{}\" is not a MAC address", shown(text)).advise("write it like 02:42:ac:11:00:02");
}

Error unexpected(std::string_view got, const LeafPlace& place) {
  Error error = place.path.bad("expected {}, got {}", form_of(place), got);
  if (place.field().kind != Kind::bytes) return error;
  return std::move(error).advise("what was dumped with types is read with the same types");
}

void parse_json_number(JsonReader& json, const LeafPlace& place) {
  const std::string_view text = json.number();
  const auto number = read_number(text);
  if (!number) throw place.path.bad("{} is not an integer that {} can hold", shown(text), place.type());
  store_number(*number, text, place);
}

// The string of digits that a number of 64 bits may be.
void parse_digits(std::string_view text, WideNumbers wide, const LeafPlace& place) {
  const bool expected = wide == WideNumbers::strings && bits_of(place.field()) == 64 && !looks_octal(text);
  const auto number = expected ? read_number(text) : std::nullopt;
  if (!number) {
    throw unexpected("the string \"" + shown(text) + "\"", place)
        .advise(
            "what was dumped without types is read without types, and what was dumped under --u64 string "
            "is read under it");
  }
  store_number(*number, text, place);
}

void parse_json_floating(JsonReader& json, JsonKind kind, const LeafPlace& place) {
  if (kind == JsonKind::number) return parse_floating(json.number(), place);
  const std::string_view text = json.string();
  if (begins_as_number(text)) throw unexpected("the string \"" + shown(text) + "\"", place);
  parse_floating(text, place);
}

bool is_integer(Kind kind) {
  return kind == Kind::integer || kind == Kind::pointer;
}

}  // namespace

void parse_leaf(std::string_view text, const LeafPlace& place) {
  switch (place.field().kind) {
    case Kind::integer:
    case Kind::pointer: return parse_integer(text, place);
    case Kind::boolean: return parse_boolean(text, place);
    case Kind::floating: return parse_floating(text, place);
    case Kind::enumeration: return parse_enumeration(text, place);
    case Kind::text: return parse_text(text, place);
    case Kind::ipv4: return parse_address(AF_INET, text, place);
    case Kind::ipv6: return parse_address(AF_INET6, text, place);
    case Kind::mac: return parse_mac(text, place);
    default: return parse_hex_run(text, place.path, place.at);
  }
}

void parse_json_leaf(JsonReader& json, WideNumbers wide, const LeafPlace& place) {
  const Kind kind = place.field().kind;
  switch (const JsonKind got = json.kind(); got) {
    case JsonKind::number:
      if (is_integer(kind) || kind == Kind::enumeration) return parse_json_number(json, place);
      if (kind == Kind::floating) return parse_json_floating(json, got, place);
      if (kind == Kind::boolean) return parse_boolean(json.number(), place);
      throw unexpected(json_kind_name(got), place);
    case JsonKind::boolean:
      if (kind == Kind::boolean) return parse_boolean(json.boolean() ? "true" : "false", place);
      throw unexpected(json_kind_name(got), place);
    case JsonKind::string:
      if (is_integer(kind)) return parse_digits(json.string(), wide, place);
      if (kind == Kind::floating) return parse_json_floating(json, got, place);
      if (kind == Kind::boolean) throw unexpected("the string \"" + shown(json.string()) + "\"", place);
      return parse_leaf(json.string(), place);
    default: throw unexpected(json_kind_name(got), place);
  }
}

void parse_hex_run(std::string_view run, const FieldPath& path, MutableBytes out) {
  if (from_hex(run, out)) return;
  if (has_hex_prefix(run)) {
    throw path.bad("{} after the word hex reads like a number", shown(run))
        .advise("write the bytes in memory order, without 0x");
  }
  if (run.size() == 2 * out.size()) throw path.bad("\"{}\" is not hexadecimal", shown(run));
  throw path.bad("expected {} hexadecimal digits ({}), got {} ({})", 2 * out.size(),
                 counted_bytes(out.size()), run.size(), shown(run));
}

std::string counted_bytes(size_t count) {
  return fmt::format("{} byte{}", count, count == 1 ? "" : "s");
}

}  // namespace percpumap
