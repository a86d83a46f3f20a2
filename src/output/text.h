// Characters that are being written, in one buffer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/literal.h"

namespace percpumap {

// Grows as it is written. Whoever writes rows sees only this; a Sink hands its characters on when it is full.
class Text {
 public:
  Text() = default;
  virtual ~Text() = default;
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  void write(std::string_view text) { wrote(put(room(text.size()), text)); }

  // At least `size` writable characters at the returned place; what was written there is kept by wrote(end).
  char* room(size_t size) {
    if (capacity_ - used_ < size) make_room(size);
    return buffer_.get() + used_;
  }
  void wrote(const char* end) { used_ = static_cast<size_t>(end - buffer_.get()); }

  // What stands in the buffer, good until the next change.
  std::string_view view() const { return {buffer_.get(), used_}; }
  size_t size() const { return used_; }
  void clear() { used_ = 0; }

 protected:
  virtual void make_room(size_t size) { enlarge(std::max(used_ + size, 2 * capacity_)); }
  // Keeps what is written.
  void enlarge(size_t capacity) {
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    put(larger.get(), view());
    buffer_ = std::move(larger);
    capacity_ = capacity;
  }
  size_t capacity() const { return capacity_; }

 private:
  size_t capacity_ = 0;
  std::unique_ptr<char[]> buffer_;
  size_t used_ = 0;
};

}  // namespace percpumap
