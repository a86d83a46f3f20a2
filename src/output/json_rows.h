// Rows of JSON, compiled: what is the same in every row is put together once.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "output/json_writer.h"
#include "output/printer.h"

namespace percpumap {

// Writes one key, value or aggregate as a JSON value and returns the end.
struct JsonCell {
  char* (*write)(char* out, const Layout& layout, Bytes bytes) = nullptr;
  size_t width = 0;  // of the longest
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

  void write(const Batch& batch, size_t i, Text& out) const;

 private:
  void compile_slots(const Form& form, size_t depth);
  std::string line(size_t depth) const;
  std::string name(size_t depth, std::string_view text) const;

  Table table_;
  JsonWriter::Style style_;
  JsonCell key_, value_, aggregate_;
  // In the order in which they are written.
  std::string before_key_;
  std::vector<std::string> before_value_;  // by slot
  std::string behind_values_;
  std::string before_aggregate_;
  std::string behind_;
  size_t width_ = 0;  // no row is longer
};

}  // namespace percpumap
