// A streaming JSON writer: it owns commas, nesting, indentation and escapes, so that nobody else writes one.
#pragma once

#include <cstdint>
#include <string_view>

#include "output/text.h"

namespace percpumap {

// What comes back is one valid document if the calls nest rightly; each end_… closes the newest begin_….
class JsonWriter {
 public:
  enum class Style { compact, pretty };  // no white space at all · a member a line, two spaces for each level

  // The text outlives the writer.
  JsonWriter(Text& out, Style style) : out_(out), style_(style) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);

  // Quotes, backslashes and control characters (C1 too) are escaped, bytes that are not UTF-8 as \u00XX.
  void string(std::string_view utf8);
  void number(uint64_t value);
  void number(int64_t value);
  void number(double value);  // NaN and infinities become strings: JSON has no such numbers
  void boolean(bool value);
  // Characters that are a complete JSON value already.
  void raw(std::string_view json);
  // A newline after a complete document (or line of ndjson).
  void newline();

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();
  void indent();
  void quoted(std::string_view utf8);

  Text& out_;
  Style style_;
  size_t depth_ = 0;
  bool first_ = true;       // nothing stands yet in the innermost array, object or document
  bool after_key_ = false;  // the next value belongs to a key
};

}  // namespace percpumap
