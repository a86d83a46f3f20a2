#include "types/btf_dump.h"

#include <bpf/btf.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/error.h"
#include "types/btf_dump_check.h"
#include "types/scalar.h"

namespace percpumap {
namespace {

constexpr size_t kIndent = 4;
constexpr size_t kWide = 16;  // bytes of the widest integer

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

// A number of 128 bits, as bpftool shifts it: by at most 63 within the halves, so that 64 is 0 as on x86-64
// and ARM64, and the other half's bits come in where none should.
struct Wide {
  uint64_t upper = 0;
  uint64_t lower = 0;

  void shift_left(unsigned bits) {
    if (bits >= 64) {
      upper = lower << (bits - 64);
      lower = 0;
    } else {
      upper = (upper << bits) | (lower >> ((64 - bits) % 64));
      lower <<= bits;
    }
  }
  void shift_right(unsigned bits) {
    if (bits >= 64) {
      lower = upper >> (bits - 64);
      upper = 0;
    } else {
      lower = (lower >> bits) | (upper << ((64 - bits) % 64));
      upper >>= bits;
    }
  }
};

// The first `size` bytes at `at`, in little-endian order.
Wide load_wide(const std::byte* at, size_t size) {
  std::array<std::byte, kWide> bytes{};
  std::copy_n(at, size, bytes.data());
  return {load<uint64_t>(bytes.data() + 8), load<uint64_t>(bytes.data())};
}

class Writer {
 public:
  Writer(const btf& types, Bytes value, BpftoolText& text)
      : types_(types), end_(value.data() + value.size()), text_(text) {}

  // The value begins `bit` bits, at most 7, behind `at`.
  bool type(uint32_t id, const std::byte* at, unsigned bit = 0) {
    const btf_type& type = *btf__type_by_id(&types_, id);
    switch (btf_kind(&type)) {
      case BTF_KIND_INT: integer(type, at, bit); return true;
      case BTF_KIND_PTR: pointer(at); return true;
      case BTF_KIND_ENUM: enumeration(type, at); return true;
      case BTF_KIND_ENUM64: wide_enumeration(type, at); return true;
      case BTF_KIND_ARRAY: return array(*btf_array(&type), at);
      case BTF_KIND_STRUCT:
      case BTF_KIND_UNION: return members(type, at);
      case BTF_KIND_TYPEDEF:
      case BTF_KIND_CONST:
      case BTF_KIND_VOLATILE:
      case BTF_KIND_RESTRICT: return this->type(type.type, at, bit);
      case BTF_KIND_VAR: return variable(type, at);
      case BTF_KIND_DATASEC: return section(type, at);
      default: text_.value("(unsupported-kind"); return false;
    }
  }

 private:
  // Empty where it lies beyond the strings, as an unchecked integer's can.
  std::string_view name_of(uint32_t offset) const {
    const char* const name = btf__name_by_offset(&types_, offset);
    return name == nullptr ? "" : name;
  }

  bool array(const struct btf_array& array, const std::byte* at) {
    if (is_text(array, at)) {
      string(reinterpret_cast<const char*>(at));
      return true;
    }
    const auto size = btf__resolve_size(&types_, array.type);
    bool known = true;
    text_.open('[');
    for (uint32_t i = 0; i < array.nelems && known; ++i) known = type(array.type, at + i * size);
    text_.close(']');
    return known;
  }

  // Characters, not through a typedef, up to a NUL, all of them printable.
  bool is_text(const struct btf_array& array, const std::byte* at) const {
    const btf_type* element = btf__type_by_id(&types_, array.type);
    while (btf_is_mod(element)) element = btf__type_by_id(&types_, element->type);
    if (!btf_is_int(element) || element->size != 1) return false;
    const bool is_char = btf_int_encoding(element) == BTF_INT_CHAR || name_of(element->name_off) == "char";
    const auto* const begin = reinterpret_cast<const char*>(at);
    const auto* const end = std::find(begin, begin + array.nelems, '\0');
    return is_char && end != begin + array.nelems && std::all_of(begin, end, is_printable);
  }

  // A backslash becomes a new line.
  void string(std::string_view characters) {
    std::string escaped;
    for (const char c : characters) {
      if (c == '"') escaped += '\\';
      escaped += c == '\\' ? std::string_view("\\n") : std::string_view(&c, 1);
    }
    text_.value("\"{}\"", escaped);
  }

  bool members(const btf_type& parent, const std::byte* at) {
    bool known = true;
    text_.open('{');
    for (uint32_t i = 0; i < btf_vlen(&parent) && known; ++i) {
      const btf_member& member = btf_members(&parent)[i];
      const uint32_t offset = btf_member_bit_offset(&parent, i);
      const uint32_t bits = btf_member_bitfield_size(&parent, i);
      text_.name(name_of(member.name_off));
      if (bits != 0) {
        bit_field(bits, at + offset / 8, offset % 8);
      } else {
        known = type(member.type, at + offset / 8, offset % 8);
      }
    }
    text_.close('}');
    return known;
  }

  bool variable(const btf_type& type, const std::byte* at) {
    text_.open('{');
    text_.name(name_of(type.name_off));
    const bool known = this->type(type.type, at);
    text_.close('}');
    return known;
  }

  bool section(const btf_type& type, const std::byte* at) {
    bool known = true;
    text_.open('{');
    text_.name(name_of(type.name_off));
    text_.open('[');
    for (uint32_t i = 0; i < btf_vlen(&type) && known; ++i) {
      const btf_var_secinfo& place = btf_var_secinfos(&type)[i];
      known = this->type(place.type, at + place.offset);
    }
    text_.close(']');
    text_.close('}');
    return known;
  }

  void integer(const btf_type& type, const std::byte* at, unsigned bit) {
    const unsigned bits = btf_int_bits(&type);
    const bool is_whole = bits == 8 || bits == 16 || bits == 32 || bits == 64 || bits == 128;
    if (bit + btf_int_offset(&type) != 0 || !is_whole) {
      const unsigned first = bit + btf_int_offset(&type);
      return bit_field(bits, at + first / 8, first % 8);
    }
    if (bits == 128) return hexadecimal(load_wide(at, kWide));
    switch (btf_int_encoding(&type)) {
      case BTF_INT_CHAR: return character(static_cast<char>(*at));
      case BTF_INT_BOOL: return text_.value("{}", *at != std::byte{0});
      default: break;
    }
    number(at, bits / 8, btf_int_encoding(&type) == BTF_INT_SIGNED);
  }

  void number(const std::byte* at, uint32_t size, bool is_signed) {
    const uint64_t number =
        load_integer(Field{.kind = Kind::integer, .is_signed = is_signed, .size = size}, at);
    is_signed ? text_.value("{}", static_cast<int64_t>(number)) : text_.value("{}", number);
  }

  void character(char c) {
    if (is_printable(c)) return text_.value("\"{}\"", c);
    const unsigned code = static_cast<unsigned char>(c);
    text_.plain() ? text_.value("{:#x}", code) : text_.value("\"\\u{:04x}\"", code);
  }

  void hexadecimal(Wide number) {
    const std::string digits = number.upper != 0 ? fmt::format("{:#x}{:016x}", number.upper, number.lower)
                                                 : fmt::format("{:#x}", number.lower);
    text_.plain() ? text_.value("{}", digits) : text_.value("\"{}\"", digits);
  }

  void bit_field(unsigned bits, const std::byte* at, unsigned first) {
    Wide number = load_wide(at, (first + bits + 7) / 8);
    number.shift_left(8 * kWide - first - bits);
    number.shift_right(8 * kWide - bits);
    hexadecimal(number);
  }

  void pointer(const std::byte* at) {
    const auto address = load<uint64_t>(at);
    if (!text_.plain()) return text_.value("{}", address);
    address == 0 ? text_.value("(nil)") : text_.value("{:#x}", address);
  }

  void enumeration(const btf_type& type, const std::byte* at) {
    const Field field{.kind = Kind::integer, .is_signed = true, .size = type.size};
    const auto value = static_cast<int64_t>(load_integer(field, at));
    const struct btf_enum* const first = btf_enum(&type);
    for (const auto* choice = first; choice != first + btf_vlen(&type); ++choice) {
      if (choice->val == value) return text_.value("\"{}\"", name_of(choice->name_off));
    }
    text_.value("{}", value);
  }

  // Smaller ones are read with the bytes behind them, too.
  void wide_enumeration(const btf_type& type, const std::byte* at) {
    const uint64_t value = load_wide(at, std::min<ptrdiff_t>(sizeof value, end_ - at)).lower;
    const struct btf_enum64* const first = btf_enum64(&type);
    for (const auto* choice = first; choice != first + btf_vlen(&type); ++choice) {
      if (btf_enum64_value(choice) == value) return text_.value("\"{}\"", name_of(choice->name_off));
    }
    text_.value("{}", static_cast<int64_t>(value));
  }

  const btf& types_;
  const std::byte* const end_;
  BpftoolText& text_;
};

}  // namespace

void BpftoolText::open(char bracket) {
  separate();
  out_ += bracket;
  comma_due_ = false;
  ++depth_;
}

void BpftoolText::close(char bracket) {
  --depth_;
  if (comma_due_) new_line();
  out_ += bracket;
  comma_due_ = true;
}

void BpftoolText::name(std::string_view name) {
  separate();
  new_line();
  fmt::format_to(std::back_inserter(out_), "\"{}\":{}", name, plain() ? " " : "");
  comma_due_ = false;
}

void BpftoolText::separate() {
  if (comma_due_) out_ += ',';
  comma_due_ = true;
}

void BpftoolText::new_line() {
  if (!plain()) return;
  out_ += '\n';
  out_.append(kIndent * depth_, ' ');
}

BtfDump::BtfDump(Btf types, uint32_t type_id, size_t size) : types_(std::move(types)), type_id_(type_id) {
  check_dump(*types_.get(), type_id, size);
}

bool BtfDump::write(Bytes value, BpftoolText& text) const {
  return Writer(*types_.get(), value, text).type(type_id_, value.data());
}

}  // namespace percpumap
