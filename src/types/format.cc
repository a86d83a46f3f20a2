#include "types/format.h"

#include <charconv>
#include <cstring>

namespace percpumap {
namespace {

constexpr size_t kMaxIntegerWidth = 20;  // 18446744073709551615, -9223372036854775808

template <typename Integer>
Integer load(Bytes bytes) {
  Integer value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// Conversion to uint64_t is what extends the sign.
template <typename Unsigned, typename Signed>
uint64_t load_widened(bool is_signed, Bytes bytes) {
  return is_signed ? static_cast<uint64_t>(load<Signed>(bytes)) : load<Unsigned>(bytes);
}

char* format_integer(char* out, const Layout& layout, Bytes bytes) {
  const uint64_t value = load_integer(layout, bytes);
  if (layout.is_signed()) {
    return std::to_chars(out, out + kMaxIntegerWidth, static_cast<int64_t>(value)).ptr;
  }
  return std::to_chars(out, out + kMaxIntegerWidth, value).ptr;
}

char* format_pairs(char* out, Bytes bytes) {
  if (bytes.empty()) return out;
  // One run at the far end of the room, then pulled apart to the front: a pair is always read before its
  // place is written, and one call for all bytes is several times faster than one for each.
  const size_t gaps = bytes.size() - 1;
  const char* pair = out + gaps;
  char* const end = write_hex(out + gaps, bytes);
  for (size_t i = 0; i < gaps; ++i, pair += 2) {
    *out++ = pair[0];
    *out++ = pair[1];
    *out++ = ' ';
  }
  return end;
}

}  // namespace

size_t format_width(const Layout& layout) {
  return layout.is_number() ? kMaxIntegerWidth : 3 * layout.size();
}

char* format_text(char* out, const Layout& layout, Bytes bytes) {
  return layout.is_number() ? format_integer(out, layout, bytes) : format_pairs(out, bytes);
}

char* format_compact(char* out, const Layout& layout, Bytes bytes) {
  return layout.is_number() ? format_integer(out, layout, bytes) : write_hex(out, bytes);
}

uint64_t load_integer(const Layout& layout, Bytes bytes) {
  switch (layout.size()) {
    case 1: return load_widened<uint8_t, int8_t>(layout.is_signed(), bytes);
    case 2: return load_widened<uint16_t, int16_t>(layout.is_signed(), bytes);
    case 4: return load_widened<uint32_t, int32_t>(layout.is_signed(), bytes);
    default: return load<uint64_t>(bytes);
  }
}

}  // namespace percpumap
