// Entries of a map with BTF as bpftool 7.1 shows them.
#pragma once

#include <string>

#include "output/printer.h"
#include "types/btf_dump.h"

namespace percpumap {

// {"key":K,"values":[{"cpu":N,"value":V},…]}. CPUs are counted, whatever their ids.
class BpftoolEntries {
 public:
  // REQUIRES table.btf. Throws what BtfDump throws.
  BpftoolEntries(const Table& table, BpftoolText::Style style)
      : shape_(table.shape),
        key_(*table.btf, table.info.btf_key_type_id, shape_.key_size),
        value_(*table.btf, table.info.btf_value_type_id, shape_.value_size),
        style_(style) {}

  // Appends entry number `i`; it stands on level `depth`.
  void write(const Batch& batch, size_t i, std::string& out, size_t depth = 0) const;

 private:
  void write_values(const Batch& batch, size_t i, BpftoolText& text) const;

  Shape shape_;
  BtfDump key_, value_;
  BpftoolText::Style style_;
};

}  // namespace percpumap
