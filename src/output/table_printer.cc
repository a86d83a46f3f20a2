#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

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

std::string_view cpu_text(NumberText& text, uint32_t cpu) {
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), cpu).ptr};
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

// For people: a line for each entry and CPU, under a header. Columns are as wide as the first batch needs, so
// the header comes with it.
class TablePrinter final : public Printer {
 public:
  explicit TablePrinter(Sink& sink) : sink_(sink) {}

  void begin(const Table& table) override;
  void rows(const Batch& batch) override;
  void end(const Summary& summary) override;

 private:
  void start(const Batch& first);
  void measure(const Batch& first);
  void place_columns();
  void write_header();
  void write_entry(const Batch& batch, size_t i);
  void write_line(Bytes key, std::string_view cpu, const Layout& layout, Bytes value);
  void write_folded();
  bool folds(size_t slot, Bytes value);
  bool has_aggregate() const { return !table_.aggregate.empty(); }

  Sink& sink_;
  Table table_;
  bool started_ = false;
  Column key_;
  Column cpu_;
  Column value_;                // with per_cpu both values and aggregates, else aggregates
  size_t line_width_ = 0;       // no line is longer
  std::vector<bool> foldable_;  // by slot
  std::vector<bool> folded_;    // by slot: left out of some entry
};

void TablePrinter::begin(const Table& table) {
  table_ = table;
  const auto cpus = table.shape.cpus.ids();
  folded_.assign(cpus.size(), false);
  foldable_.assign(cpus.size(), false);
  for (size_t slot = 0; slot < cpus.size(); ++slot) foldable_[slot] = table.foldable.contains(cpus[slot]);
}

void TablePrinter::rows(const Batch& batch) {
  start(batch);
  for (size_t i = 0; i < batch.count; ++i) write_entry(batch, i);
}

void TablePrinter::end(const Summary& summary) {
  start(Batch{});
  if (!table_.single) {
    sink_.write(std::to_string(summary.rows) + (summary.rows == 1 ? " entry" : " entries"));
    sink_.write(summary.complete ? "\n" : ", incomplete\n");
  }
  write_folded();
}

void TablePrinter::start(const Batch& first) {
  if (started_) return;
  started_ = true;
  measure(first);
  place_columns();
  write_header();
}

void TablePrinter::measure(const Batch& first) {
  const Shape& shape = table_.shape;
  const auto widen = [](Column& column, const Layout& layout, Bytes bytes) {
    column.width = std::max(column.width, cell_width(layout, bytes));
  };
  for (size_t i = 0; i < first.count; ++i) {
    widen(key_, table_.key, first.key(shape, i));
    if (has_aggregate()) widen(value_, table_.aggregate_layout, first.aggregate(i));
    if (!table_.per_cpu) continue;
    for (size_t slot = 0; slot < shape.cpus.size(); ++slot) {
      widen(value_, table_.value, first.value(shape, i, slot));
    }
  }
}

void TablePrinter::place_columns() {
  const auto cpus = table_.shape.cpus.ids();
  NumberText text;
  key_.right = table_.key.is_number();
  key_.width = std::max(key_.width, std::string_view("KEY").size());
  cpu_ = {.start = key_.next_start(), .width = std::string_view("CPU").size(), .right = true};
  if (has_aggregate()) cpu_.width = std::max(cpu_.width, table_.aggregate.size());
  if (!cpus.empty()) cpu_.width = std::max(cpu_.width, cpu_text(text, cpus.back()).size());
  value_.start = table_.per_cpu ? cpu_.next_start() : key_.next_start();
  value_.right = table_.per_cpu ? table_.value.is_number() : table_.aggregate_layout.is_number();
  value_.width = std::max({value_.width, std::string_view("VALUE").size(), table_.aggregate.size()});
  line_width_ = value_.next_start() + format_width(table_.key) + format_width(table_.value) +
                format_width(table_.aggregate_layout);
}

void TablePrinter::write_header() {
  sink_.begin_title();
  char* line = sink_.room(line_width_);
  char* out = put_cell(line, line, key_, "KEY");
  if (table_.per_cpu) {
    out = put_cell(line, out, cpu_, "CPU");
    out = put_cell(line, out, value_, "VALUE");
  } else if (has_aggregate()) {
    out = put_cell(line, out, value_, column_title(table_.aggregate));
  }
  sink_.wrote(out);
  sink_.end_title();
  sink_.write("\n");
}

void TablePrinter::write_entry(const Batch& batch, size_t i) {
  const auto cpus = table_.shape.cpus.ids();
  Bytes key = batch.key(table_.shape, i);  // until it is written
  for (size_t slot = 0; table_.per_cpu && slot < cpus.size(); ++slot) {
    const Bytes value = batch.value(table_.shape, i, slot);
    if (folds(slot, value)) continue;
    NumberText text;
    write_line(std::exchange(key, {}), cpu_text(text, cpus[slot]), table_.value, value);
  }
  if (has_aggregate()) {
    const std::string_view name = table_.per_cpu ? std::string_view(table_.aggregate) : "";
    write_line(std::exchange(key, {}), name, table_.aggregate_layout, batch.aggregate(i));
  }
  if (!key.empty()) write_line(key, {}, table_.value, {});
}

// What is empty is left out.
void TablePrinter::write_line(Bytes key, std::string_view cpu, const Layout& layout, Bytes value) {
  char* line = sink_.room(line_width_);
  char* out = line;
  if (!key.empty()) out = put_value(line, out, key_, table_.key, key);
  if (!cpu.empty()) out = put_cell(line, out, cpu_, cpu);
  if (!value.empty()) out = put_value(line, out, value_, layout, value);
  sink_.wrote(put(out, "\n"));
}

bool TablePrinter::folds(size_t slot, Bytes value) {
  if (!foldable_[slot] || !all_zero(value)) return false;
  folded_[slot] = true;
  return true;
}

void TablePrinter::write_folded() {
  const auto count = std::count(folded_.begin(), folded_.end(), true);
  if (count == 1) {
    sink_.write("(1 offline CPU is not shown where its value is zero; --cpu all shows it)\n");
  } else if (count > 1) {
    sink_.write("(" + std::to_string(count) +
                " offline CPUs are not shown where their value is zero; --cpu all shows them)\n");
  }
}

}  // namespace

std::unique_ptr<Printer> make_table_printer(Sink& sink) {
  return std::make_unique<TablePrinter>(sink);
}

}  // namespace percpumap
