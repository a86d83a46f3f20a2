// One entry's JSON to its bytes.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "input/entry_format.h"
#include "input/row_builder.h"
#include "types/json_reader.h"
#include "types/value_reader.h"

namespace percpumap {

// Nothing is allocated per entry. Of members that do not count, only that they are JSON is looked at.
class EntryParser {
 public:
  // `format` stays the caller's and has to outlive the parser.
  explicit EntryParser(const EntryFormat& format);

  // Fills `key` and `row` (shape.key_size and shape.row_size() bytes), padding zero, from either form of
  // `text`:
  //   {"key":K,"values":[{"cpu":N,"value":V},…]} in the forms of format.key and format.value; where there is
  //   also "raw":{"key":HEX,"values":[HEX,…]}, in the order of "values", the bytes are those;
  //   bpftool's: keys and values are arrays of "0x.." strings, and N counts the possible CPUs from 0.
  // Throws Error (bad_data): not JSON, a member that is missing, doubled or of the wrong form, a CPU that is
  // doubled, that shape.cpus lacks or (unless missing_cpu_zero) that the entry lacks.
  void parse(std::string_view text, MutableBytes key, MutableBytes row);

 private:
  // The texts of members; empty where there is none.
  struct Members {
    std::string_view key;
    std::string_view values;
    std::string_view raw;
  };
  struct Value {
    uint32_t cpu;
    std::string_view text;  // empty where there is none
  };

  Members members_of(std::string_view object);
  bool is_bpftools(std::string_view key);
  bool can_be_bpftools() const;
  void parse_own(const Members& entry, MutableBytes key);
  void parse_raw(const Members& entry, MutableBytes key);
  void parse_bpftools(const Members& entry, MutableBytes key);
  // Puts json_ before the first element of the array `text`.
  void open_values(std::string_view text, std::string_view of = "");
  size_t count_values(std::string_view text, std::string_view of = "");
  // Reads element `i` of the values, which json_ is at.
  Value read_value(size_t i);
  void read_bytes(std::string_view text, std::string_view what, MutableBytes out);

  const EntryFormat& format_;
  ValueReader key_reader_;
  ValueReader value_reader_;
  RowBuilder row_;
  JsonReader json_;   // the entry, then what is in it one after the other
  JsonReader value_;  // one value of it
};

}  // namespace percpumap
