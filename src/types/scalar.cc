#include "types/scalar.h"

#include <algorithm>
#include <bit>
#include <type_traits>

namespace percpumap {
namespace {

constexpr bool kLittle = std::endian::native == std::endian::little;

uint64_t mask_of(unsigned bits) {
  return ~uint64_t{0} >> (64 - bits);
}

uint64_t sign_extend(uint64_t value, unsigned bits) {
  const unsigned unused = 64 - bits;
  return static_cast<uint64_t>(static_cast<int64_t>(value << unused) >> unused);
}

template <typename Integer>
uint64_t load_native(const std::byte* at, const Field&) {
  return load<Integer>(at);
}

// Network order, unsigned.
uint64_t load_big(const std::byte* at, const Field& field) {
  uint64_t value = 0;
  for (size_t i = 0; i < field.size; ++i) value = value << 8 | std::to_integer<uint64_t>(at[i]);
  return value;
}

// The bit-field's byte that holds bits 8 * i and up, counted from its lowest.
size_t byte_index(const Field& field, size_t i) {
  return kLittle ? i : field.size - 1 - i;
}

// How far its lowest bit stands from the lowest of its bytes: less than 8.
unsigned shift_of(const Field& field) {
  return kLittle ? field.bit_offset : 8 * field.size - field.bit_offset - field.bit_size;
}

uint64_t load_bits(const std::byte* at, const Field& field) {
  const unsigned shift = shift_of(field);
  uint64_t value = 0;
  for (size_t i = 0; i < std::min<size_t>(field.size, 8); ++i) {
    value |= std::to_integer<uint64_t>(at[byte_index(field, i)]) << 8 * i;
  }
  value >>= shift;
  if (field.size == 9) value |= std::to_integer<uint64_t>(at[byte_index(field, 8)]) << (64 - shift);
  value &= mask_of(field.bit_size);
  return field.is_signed ? sign_extend(value, field.bit_size) : value;
}

void store_bits(const Field& field, uint64_t value, std::byte* at) {
  const unsigned shift = shift_of(field);
  for (unsigned bit = 0; bit < field.bit_size; ++bit) {
    std::byte& byte = at[byte_index(field, (shift + bit) / 8)];
    const std::byte mask = std::byte{1} << (shift + bit) % 8;
    byte = (value >> bit & 1) != 0 ? byte | mask : byte & ~mask;
  }
}

template <typename Unsigned>
void store(uint64_t value, std::byte* at) {
  const auto narrow = static_cast<Unsigned>(value);
  std::memcpy(at, &narrow, sizeof narrow);
}

template <typename Signed>
IntegerLoader native_loader(bool is_signed) {
  return is_signed ? load_native<Signed> : load_native<std::make_unsigned_t<Signed>>;
}

}  // namespace

IntegerLoader integer_loader(const Field& field) {
  if (field.bit_size != 0) return load_bits;
  if (field.big_endian) return load_big;
  switch (field.size) {
    case 1: return native_loader<int8_t>(field.is_signed);
    case 2: return native_loader<int16_t>(field.is_signed);
    case 4: return native_loader<int32_t>(field.is_signed);
    default: return native_loader<int64_t>(field.is_signed);
  }
}

void store_integer(const Field& field, uint64_t value, std::byte* at) {
  if (field.bit_size != 0) return store_bits(field, value, at);
  if (field.big_endian) {
    for (size_t i = field.size; i-- > 0; value >>= 8) at[i] = static_cast<std::byte>(value);
    return;
  }
  switch (field.size) {
    case 1: return store<uint8_t>(value, at);
    case 2: return store<uint16_t>(value, at);
    case 4: return store<uint32_t>(value, at);
    default: return store<uint64_t>(value, at);
  }
}

double load_floating(const Field& field, const std::byte* at) {
  if (field.size == 8) {
    double value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  float value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

void store_floating(const Field& field, double value, std::byte* at) {
  if (field.size == 8) {
    std::memcpy(at, &value, sizeof value);
    return;
  }
  const auto narrow = static_cast<float>(value);
  std::memcpy(at, &narrow, sizeof narrow);
}

}  // namespace percpumap
