// One entry's row, filled CPU by CPU.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "input/entry_format.h"

namespace percpumap {

class RowBuilder {
 public:
  // `format` stays the caller's and has to outlive the builder.
  explicit RowBuilder(const EntryFormat& format);

  // The row of the next entry, shape.row_size() bytes: all zero, none of its CPUs there.
  void start(MutableBytes row);

  // Where the value of CPU number `cpu` belongs, which is there from now on. Throws Error (bad_data) for a
  // CPU that shape.cpus lacks or that was there before.
  MutableBytes value_of(uint32_t cpu);

  // Whether every CPU that is needed is there.
  bool has_all() const { return there_ == needed_count_; }
  // Throws Error (bad_data) that names the needed CPUs that are not there, unless missing_cpu_zero.
  void finish() const;

 private:
  const EntryFormat& format_;
  MutableBytes row_;
  std::vector<char> slots_;   // 1: there
  std::vector<char> needed_;  // 1: has to be
  size_t needed_count_ = 0;
  size_t there_ = 0;  // of the needed ones
};

}  // namespace percpumap
