#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "output/columns.h"
#include "output/printers.h"
#include "types/format.h"

namespace percpumap {
namespace {

// Digits and sign of any integer.
using NumberText = std::array<char, 20>;

std::string_view number_text(NumberText& text, const Layout& layout, Bytes bytes) {
  return {text.data(), format_text(text.data(), layout, bytes)};
}

size_t cell_width(const Layout& layout, Bytes bytes) {
  NumberText text;
  return layout.is_number() ? number_text(text, layout, bytes).size() : 3 * bytes.size() - 1;
}

char* put_value(const char* line, char* out, const Column& column, const Layout& layout, Bytes bytes) {
  if (!layout.is_number()) return format_text(advance(line, out, column.start), layout, bytes);
  NumberText text;
  return put_cell(line, out, column, number_text(text, layout, bytes));
}

bool all_zero(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

// For people: a line for each entry and CPU, under a header.
class TablePrinter final : public Printer {
 public:
  explicit TablePrinter(const Table& table);

  void begin(const Batch& first, Text& out) override;
  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override;
  void end(const Summary& summary, Text& out) override;

 private:
  void measure(const Batch& first);
  void place_columns();
  char* put_entry(char* out, const Batch& batch, size_t i) const;
  char* put_line(char* line, Bytes key, std::string_view cpu, const Layout& layout, Bytes value) const;
  void write_folded(Text& out) const;
  bool folds(size_t slot, Bytes value) const;
  bool has_aggregate() const { return !table_.aggregate.empty(); }

  Table table_;
  Column key_;
  Column cpu_;
  Column value_;                     // with per_cpu both values and aggregates, else aggregates
  size_t width_ = 0;                 // no entry is longer
  std::vector<std::string> labels_;  // of the CPUs, by slot
  std::vector<bool> foldable_;       // by slot
  // By slot: left out of some entry. Written by several threads, and only ever set.
  mutable std::vector<std::atomic<bool>> folded_;
};

TablePrinter::TablePrinter(const Table& table) : table_(table), folded_(table.shape.cpus.size()) {
  for (const uint32_t cpu : table.shape.cpus.ids()) {
    labels_.push_back(std::to_string(cpu));
    foldable_.push_back(table.foldable.contains(cpu));
  }
}

void TablePrinter::begin(const Batch& first, Text& out) {
  measure(first);
  place_columns();
  std::string header(value_.next_start() + table_.aggregate.size(), ' ');
  char* end = put_cell(header.data(), header.data(), key_, "KEY");
  if (table_.per_cpu) {
    end = put_cell(header.data(), end, cpu_, "CPU");
    end = put_cell(header.data(), end, value_, "VALUE");
  } else if (has_aggregate()) {
    end = put_cell(header.data(), end, value_, column_title(table_.aggregate));
  }
  write_title(out, table_.styled, {header.data(), end});
  out.write("\n");
}

void TablePrinter::rows(const Batch& batch, size_t from, size_t to, Text& out) const {
  for (size_t i = from; i < to; ++i) out.wrote(put_entry(out.room(width_), batch, i));
}

void TablePrinter::end(const Summary& summary, Text& out) {
  if (!table_.single) {
    out.write(std::to_string(summary.rows) + (summary.rows == 1 ? " entry" : " entries"));
    out.write(summary.complete ? "\n" : ", incomplete\n");
  }
  write_folded(out);
}

void TablePrinter::measure(const Batch& first) {
  const Shape& shape = table_.shape;
  const auto widen = [](Column& column, const Layout& layout, Bytes bytes) {
    column.width = std::max(column.width, cell_width(layout, bytes));
  };
  for (size_t i = 0; i < std::min(first.count, kMeasured); ++i) {
    widen(key_, table_.key, first.key(shape, i));
    if (has_aggregate()) widen(value_, table_.aggregate_layout, first.aggregate(i));
    if (!table_.per_cpu) continue;
    for (size_t slot = 0; slot < shape.cpus.size(); ++slot) {
      widen(value_, table_.value, first.value(shape, i, slot));
    }
  }
}

void TablePrinter::place_columns() {
  key_.right = table_.key.is_number();
  key_.width = std::max(key_.width, std::string_view("KEY").size());
  cpu_ = {.start = key_.next_start(), .width = std::string_view("CPU").size(), .right = true};
  if (has_aggregate()) cpu_.width = std::max(cpu_.width, table_.aggregate.size());
  if (!labels_.empty()) cpu_.width = std::max(cpu_.width, labels_.back().size());
  value_.start = table_.per_cpu ? cpu_.next_start() : key_.next_start();
  value_.right = table_.per_cpu ? table_.value.is_number() : table_.aggregate_layout.is_number();
  value_.width = std::max({value_.width, std::string_view("VALUE").size(), table_.aggregate.size()});
  const size_t line = value_.next_start() + format_width(table_.key) + format_width(table_.value) +
                      format_width(table_.aggregate_layout);
  width_ = line * (labels_.size() + 2);
}

char* TablePrinter::put_entry(char* out, const Batch& batch, size_t i) const {
  Bytes key = batch.key(table_.shape, i);  // until it is written
  for (size_t slot = 0; table_.per_cpu && slot < labels_.size(); ++slot) {
    const Bytes value = batch.value(table_.shape, i, slot);
    if (folds(slot, value)) continue;
    out = put_line(out, std::exchange(key, {}), labels_[slot], table_.value, value);
  }
  if (has_aggregate()) {
    const std::string_view name = table_.per_cpu ? std::string_view(table_.aggregate) : "";
    out = put_line(out, std::exchange(key, {}), name, table_.aggregate_layout, batch.aggregate(i));
  }
  return key.empty() ? out : put_line(out, key, {}, table_.value, {});
}

// What is empty is left out.
char* TablePrinter::put_line(char* line, Bytes key, std::string_view cpu, const Layout& layout,
                             Bytes value) const {
  char* out = line;
  if (!key.empty()) out = put_value(line, out, key_, table_.key, key);
  if (!cpu.empty()) out = put_cell(line, out, cpu_, cpu);
  if (!value.empty()) out = put_value(line, out, value_, layout, value);
  *out++ = '\n';
  return out;
}

bool TablePrinter::folds(size_t slot, Bytes value) const {
  if (!foldable_[slot] || !all_zero(value)) return false;
  if (!folded_[slot].load(std::memory_order_relaxed)) folded_[slot].store(true, std::memory_order_relaxed);
  return true;
}

void TablePrinter::write_folded(Text& out) const {
  const auto count = std::count(folded_.begin(), folded_.end(), true);
  if (count == 1) {
    out.write("(1 offline CPU is not shown where its value is zero; --cpu all shows it)\n");
  } else if (count > 1) {
    out.write("(" + std::to_string(count) +
              " offline CPUs are not shown where their value is zero; --cpu all shows them)\n");
  }
}

}  // namespace

std::unique_ptr<Printer> make_table_printer(const Table& table) {
  return std::make_unique<TablePrinter>(table);
}

}  // namespace percpumap
