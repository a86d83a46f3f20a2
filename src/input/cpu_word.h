// What messages call a CPU and its value, made without the heap.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace percpumap {

class CpuWord {
 public:
  explicit CpuWord(uint32_t cpu) {
    kPrefix.copy(text_.data(), kPrefix.size());
    end_ = std::to_chars(text_.data() + kPrefix.size(), text_.data() + text_.size(), cpu).ptr;
    kSuffix.copy(end_, kSuffix.size());
  }

  // "CPU 5", good as long as this.
  std::string_view text() const { return {text_.data(), end_}; }
  // "CPU 5: value", likewise.
  std::string_view value() const { return {text_.data(), end_ + kSuffix.size()}; }

 private:
  static constexpr std::string_view kPrefix = "CPU ";
  static constexpr std::string_view kSuffix = ": value";
  std::array<char, 24> text_{};  // the two, and ten digits
  char* end_ = nullptr;
};

}  // namespace percpumap
