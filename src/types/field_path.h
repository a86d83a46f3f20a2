// Where in a key or a value a field stands, as messages say it: "key.inner.dport", "value.hist[3]".
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "types/layout.h"

namespace percpumap {

// A step on the stack of whoever walks a value: made without the heap, and text only for a message. Names and
// parents stay the caller's and have to outlive it.
class FieldPath {
 public:
  // The value itself, "key".
  explicit FieldPath(std::string_view what) : name_(what) {}
  // An empty name is the same place.
  FieldPath member(std::string_view name) const { return {this, name, 0}; }
  FieldPath element(size_t index) const { return {this, {}, index + 1}; }

  std::string text() const;

  // The Error (bad_data) that is about this field.
  template <typename... Args>
  Error bad(fmt::format_string<Args...> format, Args&&... args) const {
    return {Problem::bad_data, text() + ": " + fmt::format(format, std::forward<Args>(args)...)};
  }

 private:
  FieldPath(const FieldPath* parent, std::string_view name, size_t element)
      : parent_(parent), name_(name), element_(element) {}

  const FieldPath* parent_ = nullptr;
  std::string_view name_;
  size_t element_ = 0;  // its number from 1; 0: a member
};

// A field that is neither array nor structure, and where its bytes belong.
struct LeafPlace {
  const Layout& layout;
  size_t index;
  const FieldPath& path;
  MutableBytes at;

  const Field& field() const { return layout[index]; }
  std::string type() const { return shown(layout.name(index)); }
};

}  // namespace percpumap
