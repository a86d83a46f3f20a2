// What the bytes of a key or of one CPU's value mean.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace percpumap {

class Layout {
 public:
  enum class Kind { bytes, unsigned_integer, signed_integer };

  // Opaque bytes, shown in hexadecimal.
  static Layout bytes(size_t size) { return {Kind::bytes, size}; }
  // A native-endian integer; size is 1, 2, 4 or 8.
  static Layout integer(size_t size, bool is_signed) {
    return {is_signed ? Kind::signed_integer : Kind::unsigned_integer, size};
  }

  Kind kind() const { return kind_; }
  size_t size() const { return size_; }
  bool is_number() const { return kind_ != Kind::bytes; }
  bool is_signed() const { return kind_ == Kind::signed_integer; }

  // The declaration that makes this layout: "u32", "i64", "hex".
  std::string name() const;

  // The layout of a sum of such values: 64 bits of the same sign. REQUIRES is_number().
  Layout sum() const { return integer(8, is_signed()); }

  bool operator==(const Layout&) const = default;

 private:
  Layout(Kind kind, size_t size) : kind_(kind), size_(size) {}

  Kind kind_;
  size_t size_;
};

// "u8" … "u64", "i8" … "i64", or "hex" (opaque bytes of `size`). Throws Error (bad_data) for an unknown type
// and for a type whose size is not `size`, naming both sizes; `what` is "key" or "value".
Layout declare_layout(std::string_view declaration, size_t size, std::string_view what);

}  // namespace percpumap
