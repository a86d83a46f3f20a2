// Bytes to characters, into a buffer that the caller has made large enough; nothing is allocated.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/literal.h"
#include "types/layout.h"

namespace percpumap {

// How values are written. `json`: one JSON value. `bare`: the same, but what is no array and no structure
// stands without quotes (the cells of CSV). `text`: for people; as bare, but opaque bytes are pairs ("0a 00
// 00 01", which can be typed back after the word `hex`), and Field::display counts. In all of them whatever a
// terminal may obey is escaped.
struct Notation {
  enum class Form : uint8_t { json, bare, text };
  Form form = Form::json;
  bool u64_strings = false;  // whatever has 64 bits as a string of digits; not where it stands without quotes
  // A member or element a line, two blanks for each level; the value itself stands on level `depth`.
  bool pretty = false;
  size_t depth = 0;
};

// What a leaf's writer has to know of it.
struct Leaf {
  Field field{};  // without its name
  // Enumerations: value and what is written for it, by value.
  std::shared_ptr<const std::vector<Enumerator>> choices{};
};

// Writes the leaf that stands at `at` to `out` and returns the end.
using LeafWriter = char* (*)(char* out, const std::byte* at, const Leaf& leaf);

// One field of a layout, compiled: names, brackets and commas are put together once.
class ValueWriter {
 public:
  // Up to so many characters behind the end of what write() leaves are overwritten.
  static constexpr size_t kSlack = 32;

  ValueWriter() = default;
  // Values that `writer` makes of `field` at their begin, with this text around it; at most `width`
  // characters between them.
  ValueWriter(LeafWriter writer, const Field& field, size_t width, std::string_view open,
              std::string_view close);
  // The field with this index, which stands at `offset` in the values.
  ValueWriter(const Layout& layout, const Notation& notation, size_t index = 0, size_t offset = 0);

  // No value takes more characters.
  size_t width() const { return width_; }

  char* write(char* out, const std::byte* value) const {
    for (const Step& step : steps_) {
      out = step.write(step.before.put(out), value + step.offset, step.leaf);
    }
    return behind_.put(out);
  }
  char* write(char* out, Bytes value) const { return write(out, value.data()); }

 private:
  struct Step {
    Literal before;
    LeafWriter write;
    uint32_t offset;
    Leaf leaf;
  };
  class Compiler;

  std::vector<Step> steps_;
  Literal behind_;
  size_t width_ = 0;
};

// One value as a string, for messages and records.
std::string format_value(const Layout& layout, const Notation& notation, Bytes value);

}  // namespace percpumap
