// Tables with a line for each entry and CPU.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "output/cell_writer.h"
#include "output/printer.h"

namespace percpumap {

// The key's fields, in the entry's first line; the CPU; the value's fields. The aggregate is a line of its
// own.
class LongTable final : public Printer {
 public:
  // REQUIRES that the CPUs' values are shown.
  explicit LongTable(const Table& table);

  void begin(const Batch& first, Text& out) override;
  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override;
  void end(const Summary& summary, Text& out) override;

 private:
  // The cells of a key, of a value or of an aggregate.
  struct Part {
    struct Cell {
      size_t column;
      CellWriter writer;
    };
    std::vector<Cell> cells{};

    void measure(std::span<Column> columns, const std::byte* at, Text& scratch) const;
    void put(Line& line, std::span<const Column> columns, const std::byte* at) const;
    // No cells take more characters.
    size_t most() const;
  };

  Part add_columns(const Layout& layout, std::string_view root, bool marks);
  void add_labels();
  void add_aggregate();
  void measure(const Batch& first);
  char* put_entry(char* out, const Batch& batch, size_t i) const;
  char* finish(Line& line) const;
  bool folds(size_t slot, Bytes value) const;
  std::string folded_text() const;

  Table table_;
  std::vector<std::string> titles_;
  std::vector<Column> columns_;  // of the titles
  Part key_, value_, aggregate_;
  size_t cpu_ = 0;               // its column
  std::vector<Literal> labels_;  // by slot
  Literal aggregate_label_;
  size_t width_ = 0;            // no entry has more characters
  std::vector<bool> foldable_;  // by slot
  // By slot: left out of some entry. Written by several threads, and only ever set.
  mutable std::vector<std::atomic<bool>> folded_;
  mutable std::atomic<bool> cut_ = false;
};

}  // namespace percpumap
