// Tables with a line for each entry.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "map/aggregate.h"
#include "output/cell_writer.h"
#include "output/hottest.h"
#include "output/printer.h"

namespace percpumap {

// The key's fields, then a group of columns for each field of the value.
class LineTable final : public Printer {
 public:
  // What stands in a group, behind the aggregate.
  enum class Shown {
    cpus,     // a column for each CPU; the aggregate only where the table has one
    hottest,  // the CPU that has the most; fields that hold no number are left out
    totals,   // nothing; where the table shows the CPUs' values such fields are left out, too
  };

  // Columns get their widths from the first entries. REQUIRES an aggregate if the CPUs' values are not shown.
  LineTable(const Table& table, Shown shown, const Batch& first);

  // Whether the lines of such entries find room in the table's width; for that, keys that need more than
  // three fifths of it are cut.
  bool fits() const;

  void begin(const Batch& first, Text& out) override;
  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override;
  void end(const Summary& summary, Text& out) override;

 private:
  enum class Source { key, row, aggregate, hottest };
  struct Cell {
    Source source;
    size_t writer;  // which of writers_ or hottest_
    size_t offset;  // from the begin of the key, row or aggregate
  };
  struct Group {
    std::string title;
    size_t begin;  // of its cells
    size_t end;
  };
  // The three parts of an entry, as cells read them.
  struct Entry {
    const std::byte* key;
    const std::byte* row;
    const std::byte* aggregate;

    const std::byte* part(Source source) const {
      return source == Source::key ? key : source == Source::aggregate ? aggregate : row;
    }
  };

  void choose_cpus(const Batch& first);
  void choose_aggregate();
  void add_keys();
  void add_group(const ColumnField& field);
  void add_aggregate(const ColumnField& field);
  void add_cpus(const ColumnField& field);
  void add_cell(Source source, size_t writer, size_t offset, std::string title, bool right);
  void measure(const Batch& first);
  void widen_groups();
  Entry entry(const Batch& batch, size_t i, MutableBytes scratch) const;
  char* put_entry(char* out, const Entry& entry) const;
  void note_hidden(const std::byte* row) const;
  void write_groups(Text& out) const;
  std::string notes() const;

  Table table_;
  Shown shown_;
  std::string aggregate_;  // its name; empty: none
  Layout aggregate_layout_;
  std::optional<Aggregation> aggregation_;  // where the batches have none
  std::vector<size_t> slots_;               // that have columns
  std::vector<size_t> hidden_;              // offline ones, zero in the first entries
  std::vector<CellWriter> writers_;
  std::vector<Hottest> hottest_;
  std::vector<Cell> cells_;
  std::vector<Column> columns_;      // of the cells
  std::vector<std::string> titles_;  // likewise
  std::vector<Group> groups_;
  std::vector<std::string> left_out_;  // fields
  size_t keys_ = 0;                    // cells
  size_t width_ = 0;                   // no line has more characters
  mutable std::atomic<bool> cut_ = false;
  mutable std::atomic<bool> hidden_counts_ = false;  // a hidden CPU's value was not zero
};

}  // namespace percpumap
