// Numbers where they stand in a value: any alignment, any byte order, bit-fields.
#pragma once

#include <cstdint>
#include <cstring>

#include "types/layout.h"

namespace percpumap {

// The native integer that stands at `at`, widened to 64 bits (sign-extended if it is signed).
template <typename Integer>
uint64_t load(const std::byte* at) {
  Integer value;
  std::memcpy(&value, at, sizeof value);
  return static_cast<uint64_t>(value);
}

// Reads a field as 64 bits, sign-extended. Of `field` only kind, sign, order, size and bits count.
using IntegerLoader = uint64_t (*)(const std::byte* at, const Field& field);

// REQUIRES an integer of any form, a boolean, an enumeration or a pointer.
IntegerLoader integer_loader(const Field& field);
inline uint64_t load_integer(const Field& field, const std::byte* at) {
  return integer_loader(field)(at, field);
}

// Writes the lower bits of `value` and leaves the other bits of a bit-field's bytes alone. REQUIRES as above.
void store_integer(const Field& field, uint64_t value, std::byte* at);

// IEEE 754. REQUIRES Kind::floating.
double load_floating(const Field& field, const std::byte* at);
void store_floating(const Field& field, double value, std::byte* at);

// The bits that a field's integer has: 8 * size, or a bit-field's.
inline unsigned bits_of(const Field& field) {
  return field.bit_size != 0 ? field.bit_size : 8 * field.size;
}

}  // namespace percpumap
