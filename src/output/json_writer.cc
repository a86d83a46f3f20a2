#include "output/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/escape.h"

namespace percpumap {
namespace {

// Enough for any integer and for the shortest form of any double.
constexpr size_t kNumberWidth = 32;

template <typename Number>
void put_number(Text& out, Number value) {
  char* digits = out.room(kNumberWidth);
  out.wrote(std::to_chars(digits, digits + kNumberWidth, value).ptr);
}

}  // namespace

void JsonWriter::key(std::string_view name) {
  separate();
  quoted(name);
  out_.write(style_ == Style::pretty ? ": " : ":");
  after_key_ = true;
}

void JsonWriter::string(std::string_view utf8) {
  separate();
  quoted(utf8);
}

void JsonWriter::number(uint64_t value) {
  separate();
  put_number(out_, value);
}

void JsonWriter::number(int64_t value) {
  separate();
  put_number(out_, value);
}

void JsonWriter::number(double value) {
  if (std::isnan(value)) return string("nan");
  if (std::isinf(value)) return string(value < 0 ? "-inf" : "inf");
  separate();
  put_number(out_, value);
}

void JsonWriter::boolean(bool value) {
  raw(value ? "true" : "false");
}

void JsonWriter::raw(std::string_view json) {
  separate();
  out_.write(json);
}

void JsonWriter::newline() {
  out_.write("\n");
  first_ = true;
}

void JsonWriter::open(char bracket) {
  separate();
  out_.write({&bracket, 1});
  ++depth_;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  --depth_;
  if (!first_) indent();
  out_.write({&bracket, 1});
  first_ = false;
}

// Before every key and every value.
void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_.write(",");
  first_ = false;
  if (depth_ > 0) indent();
}

void JsonWriter::indent() {
  if (style_ == Style::compact) return;
  const size_t size = 1 + 2 * depth_;
  char* out = out_.room(size);
  *out = '\n';
  std::fill_n(out + 1, size - 1, ' ');
  out_.wrote(out + size);
}

void JsonWriter::quoted(std::string_view utf8) {
  out_.write("\"");
  out_.wrote(put_json_text(out_.room(kJsonEscape * utf8.size()), utf8));
  out_.write("\"");
}

}  // namespace percpumap
