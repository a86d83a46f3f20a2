// Which cells of a CSV record are what, by the names in its header.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "input/entry_format.h"
#include "types/value_reader.h"

namespace percpumap {

using Cells = std::span<const std::string_view>;

// The columns of a dump, in any order: a key's or value's fields by their paths ("key.saddr",
// "value.packets"; `key` or `value` alone for what is no structure), `cpu`, and raw_key and raw_value, which
// count instead where they are not empty. Other columns are passed over.
class CsvColumns {
 public:
  // `format` stays the caller's and has to outlive the object.
  explicit CsvColumns(const EntryFormat& format);

  // Throws Error (bad_data) for a column that is missing or comes twice.
  void read_header(Cells titles);
  // How many cells each record has to have; 0 before the header was read.
  size_t count() const { return count_; }

  // REQUIRE count() cells. Throw Error (bad_data).
  void read_key(Cells cells, MutableBytes out);
  uint32_t read_cpu(Cells cells) const;
  // `what` is how messages call the value.
  void read_value(Cells cells, std::string_view what, MutableBytes out);

 private:
  // The columns of the key or of the value.
  class Part {
   public:
    Part(std::string_view name, const Layout& layout, WideNumbers wide);
    void read_header(Cells titles);
    void read(Cells cells, std::string_view what, MutableBytes out);

   private:
    std::string title(const ColumnField& field) const;
    [[noreturn]] void refuse_missing(size_t index) const;

    std::string_view name_;
    ValueReader reader_;
    std::vector<ColumnField> fields_;
    std::vector<std::optional<size_t>> columns_;  // by field
    std::optional<size_t> raw_;
  };

  Part key_;
  Part value_;
  size_t cpu_ = 0;
  size_t count_ = 0;
};

}  // namespace percpumap
