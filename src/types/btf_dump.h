// Keys and values as bpftool 7.1 writes them: straight from BTF, its oddities included.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "types/btf.h"

namespace percpumap {

// Brackets, commas and lines where bpftool sets them.
class BpftoolText {
 public:
  // `plain`: `bpftool map dump` without -j, which resembles JSON: each member on a line of its own, strings
  // for numbers no more, elements of an array behind each other.
  enum class Style { json, plain };

  // Appends to `out`, which outlives it. What comes first stands on level `depth`.
  BpftoolText(std::string& out, Style style, size_t depth = 0) : out_(out), style_(style), depth_(depth) {}

  bool plain() const { return style_ == Style::plain; }
  void open(char bracket);
  void close(char bracket);
  void name(std::string_view name);
  // An element, or what a name has.
  template <typename... Args>
  void value(fmt::format_string<Args...> format, Args&&... args) {
    separate();
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }

 private:
  void separate();
  void new_line();

  std::string& out_;
  Style style_;
  size_t depth_;
  bool comma_due_ = false;
};

// Values of one type. Several threads may write at the same time, each with its own text.
class BtfDump {
 public:
  // Throws Error (bad_data) for a type that no kernel would take or whose values are not of `size` bytes, and
  // for one that makes more than kMostFields fields of a value.
  BtfDump(Btf types, uint32_t type_id, size_t size);

  // False: the type is, or has in it, one that bpftool does not know (a float, a tag). What was opened is
  // closed; bpftool writes nothing more of such an entry but its brackets.
  bool write(Bytes value, BpftoolText& text) const;

 private:
  Btf types_;
  uint32_t type_id_;
};

}  // namespace percpumap
