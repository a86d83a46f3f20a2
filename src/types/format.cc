#include "types/format.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <type_traits>

#include "base/escape.h"
#include "types/decimal.h"
#include "types/scalar.h"

namespace percpumap {
namespace {

using decimal::put_decimal;
using Form = Notation::Form;

constexpr size_t kFloatWidth = 24;     // -2.2250738585072014e-308
constexpr size_t kDurationWidth = 24;  // "-9223372036.854775808 s"

char* put_signed(char* out, uint64_t value) {
  if (value >> 63 == 0) return put_decimal(out, value);
  *out++ = '-';
  return put_decimal(out, 0 - value);
}

template <typename Integer>
char* put_integer(char* out, const std::byte* at, const Leaf&) {
  const uint64_t value = load<Integer>(at);
  return std::is_signed_v<Integer> ? put_signed(out, value) : put_decimal(out, value);
}

// What has no type of this machine's: bit-fields and network order.
char* put_loaded(char* out, const std::byte* at, const Leaf& leaf) {
  const uint64_t value = load_integer(leaf.field, at);
  return leaf.field.is_signed ? put_signed(out, value) : put_decimal(out, value);
}

char* put_boolean(char* out, const std::byte* at, const Leaf&) {
  return put(out, *at != std::byte{0} ? "true" : "false");
}

template <typename Float>
char* put_floating(char* out, const std::byte* at, const Leaf&) {
  Float value = 0;
  std::memcpy(&value, at, sizeof value);
  return std::to_chars(out, out + kFloatWidth, value).ptr;
}

// For people: no exponent where that takes few digits.
template <typename Float>
char* put_shown_floating(char* out, const std::byte* at, const Leaf& leaf) {
  Float value = 0;
  std::memcpy(&value, at, sizeof value);
  const Float size = std::fabs(value);
  if (!(size >= Float{1e-4F} && size < Float{1e15F})) return put_floating<Float>(out, at, leaf);
  return std::to_chars(out, out + kFloatWidth, value, std::chars_format::fixed).ptr;
}

// JSON has no number for infinities and NaNs.
template <typename Float>
char* put_json_floating(char* out, const std::byte* at, const Leaf& leaf) {
  Float value = 0;
  std::memcpy(&value, at, sizeof value);
  if (std::isfinite(value)) return put_floating<Float>(out, at, leaf);
  return put(out, std::isnan(value) ? "\"nan\"" : value < 0 ? "\"-inf\"" : "\"inf\"");
}

const Enumerator* find_choice(const Leaf& leaf, uint64_t value) {
  const auto& choices = *leaf.choices;
  const auto at =
      std::lower_bound(choices.begin(), choices.end(), value,
                       [](const Enumerator& choice, uint64_t searched) { return choice.value < searched; });
  return at != choices.end() && at->value == value ? &*at : nullptr;
}

char* put_enumeration(char* out, const std::byte* at, const Leaf& leaf) {
  const uint64_t value = load_integer(leaf.field, at);
  if (const Enumerator* choice = find_choice(leaf, value)) return put(out, choice->name);
  return leaf.field.is_signed ? put_signed(out, value) : put_decimal(out, value);
}

std::string_view text_at(const std::byte* at, const Leaf& leaf) {
  const auto* characters = reinterpret_cast<const char*>(at);
  return {characters, strnlen(characters, leaf.field.size)};
}

char* put_json_string(char* out, const std::byte* at, const Leaf& leaf) {
  return put_json_text(out, text_at(at, leaf));
}
char* put_shown_string(char* out, const std::byte* at, const Leaf& leaf) {
  return put_shown_text(out, text_at(at, leaf));
}

char* put_bytes(char* out, const std::byte* at, const Leaf& leaf) {
  return write_hex(out, {at, leaf.field.size});
}
char* put_pairs(char* out, const std::byte* at, const Leaf& leaf) {
  return write_hex_pairs(out, {at, leaf.field.size});
}

template <int Family, size_t Width>
char* put_address(char* out, const std::byte* at, const Leaf&) {
  inet_ntop(Family, at, out, Width + 1);
  return out + std::strlen(out);
}

char* put_mac(char* out, const std::byte* at, const Leaf&) {
  for (size_t i = 0; i < 6; ++i) {
    out = write_hex(out, {at + i, 1});
    *out++ = ':';
  }
  return out - 1;
}

char* put_hexadecimal(char* out, const std::byte* at, const Leaf& leaf) {
  const unsigned unused = 64 - bits_of(leaf.field);
  const uint64_t value = load_integer(leaf.field, at) << unused >> unused;
  return std::to_chars(put(out, "0x"), out + 18, value, 16).ptr;
}

// Nanoseconds with three decimals of the unit that leaves one to three digits before them.
char* put_duration(char* out, const std::byte* at, const Leaf& leaf) {
  uint64_t value = load_integer(leaf.field, at);
  if (leaf.field.is_signed && value >> 63 != 0) {
    *out++ = '-';
    value = 0 - value;
  }
  if (value < 1000) return put(put_decimal(out, value), " ns");
  uint64_t unit = 1000;
  for (; unit < 1'000'000'000 && value / unit >= 1000; unit *= 1000) {
  }
  out = put_decimal(out, value / unit);
  const uint64_t thousandths = value % unit / (unit / 1000);
  *out++ = '.';
  for (const uint64_t part : {100, 10, 1}) *out++ = static_cast<char>('0' + thousandths / part % 10);
  return put(out, unit == 1000 ? " us" : unit == 1'000'000 ? " ms" : " s");
}

template <typename Signed>
LeafWriter native_writer(bool is_signed) {
  return is_signed ? put_integer<Signed> : put_integer<std::make_unsigned_t<Signed>>;
}

LeafWriter integer_writer(const Field& field) {
  if (field.bit_size != 0 || field.big_endian) return put_loaded;
  switch (field.size) {
    case 1: return native_writer<int8_t>(field.is_signed);
    case 2: return native_writer<int16_t>(field.is_signed);
    case 4: return native_writer<int32_t>(field.is_signed);
    default: return native_writer<int64_t>(field.is_signed);
  }
}

size_t integer_width(const Field& field) {
  if (field.bit_size != 0) return 20;
  constexpr size_t kDigits[] = {0, 3, 5, 0, 10, 0, 0, 0, 20};  // of an unsigned one, by size
  return kDigits[field.size] + (field.is_signed && field.size < 8 ? 1 : 0);
}

// How one leaf is written: what stands around it, and by whom.
struct LeafForm {
  LeafWriter write;
  size_t width;
  bool quoted = false;
};

// `shown`: the leaf stands alone, for people. `quoted`: JSON strings have quotes here.
struct Place {
  bool shown;
  bool quoted;
  bool u64_strings;
};

LeafForm integer_form(const Field& field, const Place& place) {
  if (place.shown && (field.display == Display::hex || field.kind == Kind::pointer))
    return {put_hexadecimal, 18};
  if (place.shown && field.display == Display::duration) return {put_duration, kDurationWidth};
  return {integer_writer(field), integer_width(field), place.u64_strings && bits_of(field) == 64};
}

template <typename Float>
LeafForm floating_form(const Place& place) {
  if (place.shown) return {put_shown_floating<Float>, kFloatWidth};
  return {place.quoted ? put_json_floating<Float> : put_floating<Float>, kFloatWidth};
}

LeafForm leaf_form(const Field& field, const Place& place) {
  switch (field.kind) {
    case Kind::integer:
    case Kind::pointer: return integer_form(field, place);
    case Kind::boolean: return {put_boolean, 5};
    case Kind::floating: return field.size == 8 ? floating_form<double>(place) : floating_form<float>(place);
    case Kind::text:
      if (place.shown) return {put_shown_string, kShownEscape * field.size};
      return {put_json_string, kJsonEscape * field.size, place.quoted};
    case Kind::ipv4: return {put_address<AF_INET, INET_ADDRSTRLEN - 1>, INET_ADDRSTRLEN, place.quoted};
    case Kind::ipv6: return {put_address<AF_INET6, INET6_ADDRSTRLEN - 1>, INET6_ADDRSTRLEN, place.quoted};
    case Kind::mac: return {put_mac, 18, place.quoted};
    case Kind::enumeration: return {put_enumeration, 20, place.quoted};
    default:
      if (place.shown) return {put_pairs, size_t{3} * field.size};
      return {put_bytes, size_t{2} * field.size, place.quoted};
  }
}

}  // namespace

// `due_` is what has to stand before the next leaf.
class ValueWriter::Compiler {
 public:
  Compiler(ValueWriter& writer, const Layout& layout, const Notation& notation)
      : writer_(writer), layout_(layout), notation_(notation), choices_(layout.fields().size()) {}

  void compile(size_t index, size_t offset) {
    value(index, offset, notation_.depth);
    writer_.width_ += due_.size();
    writer_.behind_ = Literal(due_);
  }

 private:
  using Choices = std::shared_ptr<const std::vector<Enumerator>>;

  void value(size_t index, size_t offset, size_t depth) {
    const Field& field = layout_[index];
    if (!field.has_children()) return leaf(index, offset);
    const bool is_array = field.kind == Kind::array;
    due_ += is_array ? '[' : '{';
    bool first = true;
    if (is_array) {
      for (size_t i = 0; i < field.count; ++i) {
        separate(first, depth + 1);
        value(index + 1, offset + i * layout_[index + 1].size, depth + 1);
      }
    } else {
      members(index, offset, depth + 1, first);
    }
    if (!first) due_ += line(depth);
    due_ += is_array ? ']' : '}';
  }

  void members(size_t index, size_t offset, size_t depth, bool& first) {
    for (size_t child = index + 1; child < layout_[index].end; child = layout_[child].end) {
      const Field& field = layout_[child];
      if (field.name.empty() && field.has_children()) {
        members(child, offset + field.offset, depth, first);
        continue;
      }
      separate(first, depth);
      due_ += '"' + json_text(field.name) + (notation_.pretty ? "\": " : "\":");
      value(child, offset + field.offset, depth);
    }
  }

  void separate(bool& first, size_t depth) {
    if (!first) due_ += ',';
    first = false;
    due_ += line(depth);
  }

  std::string line(size_t depth) const { return notation_.pretty ? "\n" + std::string(2 * depth, ' ') : ""; }

  void leaf(size_t index, size_t offset) {
    const Field& field = layout_[index];
    const bool alone = writer_.steps_.empty() && due_.empty();
    const bool shown = alone && notation_.form == Form::text;
    const bool quoted = !alone || notation_.form == Form::json;
    LeafForm form = leaf_form(field, {shown, quoted, quoted && notation_.u64_strings});
    Leaf leaf{field, nullptr};
    leaf.field.name.clear();
    if (field.kind == Kind::enumeration) {
      leaf.choices = choices(index, shown);
      for (const Enumerator& choice : *leaf.choices) form.width = std::max(form.width, choice.name.size());
    }
    if (form.quoted) due_ += '"';
    writer_.width_ += due_.size() + form.width;
    writer_.steps_.push_back({Literal(due_), form.write, static_cast<uint32_t>(offset), std::move(leaf)});
    due_ = form.quoted ? "\"" : "";
  }

  // As they are written, once for all elements of an array.
  const Choices& choices(size_t index, bool shown) {
    Choices& made = choices_[index];
    if (made) return made;
    std::vector<Enumerator> list = layout_.enumerators(layout_[index]);
    for (Enumerator& choice : list) choice.name = shown ? shown_text(choice.name) : json_text(choice.name);
    made = std::make_shared<const std::vector<Enumerator>>(std::move(list));
    return made;
  }

  ValueWriter& writer_;
  const Layout& layout_;
  const Notation& notation_;
  std::vector<Choices> choices_;  // by field
  std::string due_;
};

ValueWriter::ValueWriter(const Layout& layout, const Notation& notation, size_t index, size_t offset) {
  Compiler(*this, layout, notation).compile(index, offset);
}

ValueWriter::ValueWriter(LeafWriter writer, const Field& field, size_t width, std::string_view open,
                         std::string_view close)
    : steps_{{Literal(open), writer, 0, {field, nullptr}}},
      behind_(close),
      width_(open.size() + width + close.size()) {}

std::string format_value(const Layout& layout, const Notation& notation, Bytes value) {
  const ValueWriter writer(layout, notation);
  std::string text(writer.width() + ValueWriter::kSlack, '\0');
  text.resize(static_cast<size_t>(writer.write(text.data(), value) - text.data()));
  return text;
}

}  // namespace percpumap
