// Rows of JSON, compiled: what is the same in every row is put together once.
#pragma once

#include <string>
#include <vector>

#include "output/json_writer.h"
#include "output/printer.h"
#include "types/format.h"
#include "types/survival.h"

namespace percpumap {

// {"key":K,"values":[{"cpu":N,"value":V},…],"sum":A,"raw":{"key":"hex","values":["hex",…]}}
class JsonRows {
 public:
  struct Form {
    JsonWriter::Style style = JsonWriter::Style::compact;
    bool in_array = false;  // elements of an array: one level deeper, a comma before each
    bool lines = false;     // a newline behind each
    bool open = false;      // leave out what ends the row, for members that follow
    ValueWriter key{};
    ValueWriter value{};
    ValueWriter aggregate{};
    std::vector<uint64_t> cpus{};  // what stands behind "cpu", by slot
    // Write `raw` for an entry whose text could not be read back as its bytes.
    bool raw = false;
  };

  JsonRows(const Table& table, Form form);

  // The entries [from, to).
  void write(const Batch& batch, size_t from, size_t to, Text& text) const;

 private:
  void compile_slots(const Form& form, size_t depth, std::string& due);
  std::string line(size_t depth) const;
  std::string name(size_t depth, std::string_view text) const;
  char* put_row(char* out, const Batch& batch, size_t i) const;
  bool survives(const Batch& batch, size_t i) const;
  void write_raw(const Batch& batch, size_t i, Text& text) const;

  Shape shape_;
  bool has_aggregate_;
  JsonWriter::Style style_;
  ValueWriter key_, value_, aggregate_;
  Survival key_survival_, value_survival_;
  bool raw_;
  size_t depth_;  // of an entry
  // What stands around them, in the order in which it is written.
  Literal before_key_;
  std::vector<Literal> before_value_;  // by slot
  Literal before_aggregate_;
  Literal before_raw_;
  Literal behind_;
  size_t width_ = 0;  // no row is longer, `raw` apart
};

}  // namespace percpumap
