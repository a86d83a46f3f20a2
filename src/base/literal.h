// Characters that are written again and again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace percpumap {

// Copies `text` to a place within what room() gave and returns its end.
inline char* put(char* out, std::string_view text) {
  return std::copy(text.begin(), text.end(), out);
}

// Text that stands in row after row. Put in whole blocks, for a call that copies an odd number of characters
// takes longer than what it copies; up to kExcess characters behind its end are overwritten.
class Literal {
 public:
  static constexpr size_t kExcess = 15;

  explicit Literal(std::string_view text = {}) : size_(text.size()), blocks_(text) {
    blocks_.resize((size_ + kBlock - 1) / kBlock * kBlock);
  }

  size_t size() const { return size_; }
  // Returns the end of the text.
  char* put(char* out) const {
    for (size_t at = 0; at < size_; at += kBlock) std::memcpy(out + at, blocks_.data() + at, kBlock);
    return out + size_;
  }

 private:
  static constexpr size_t kBlock = kExcess + 1;

  size_t size_;
  std::string blocks_;
};

}  // namespace percpumap
