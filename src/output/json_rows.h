// Rows of JSON, compiled: what is the same in every row is put together once.
#pragma once

#include <string>
#include <vector>

#include "output/json_writer.h"
#include "output/printer.h"
#include "types/format.h"

namespace percpumap {

// How a key, value or aggregate becomes a JSON value.
struct JsonCell {
  Formatter write = nullptr;  // what stands between the two below
  size_t width = 0;           // the most characters that it writes
  std::string_view open = {};
  std::string_view close = {};
};

// {"key":K,"values":[{"cpu":N,"value":V},…],"sum":A}
class JsonRows {
 public:
  struct Form {
    JsonWriter::Style style = JsonWriter::Style::compact;
    bool in_array = false;  // elements of an array: one level deeper, a comma before each
    bool lines = false;     // a newline behind each
    JsonCell key{};
    JsonCell value{};
    JsonCell aggregate{};
    std::vector<uint64_t> cpus{};  // what stands behind "cpu", by slot
  };

  JsonRows(const Table& table, const Form& form);

  // The entries [from, to).
  void write(const Batch& batch, size_t from, size_t to, Text& text) const;

 private:
  void compile_slots(const Form& form, size_t depth, std::string& due);
  Literal before(const JsonCell& cell, std::string& due);
  std::string line(size_t depth) const;
  std::string name(size_t depth, std::string_view text) const;
  char* put_row(char* out, const Batch& batch, size_t i) const;

  Shape shape_;
  bool has_aggregate_;
  JsonWriter::Style style_;
  Formatter key_, value_, aggregate_;
  // What stands around them, in the order in which it is written.
  Literal before_key_;
  std::vector<Literal> before_value_;  // by slot
  Literal before_aggregate_;
  Literal behind_;
  size_t width_ = 0;  // no row is longer
};

}  // namespace percpumap
