#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "output/columns.h"
#include "output/printers.h"
#include "types/format.h"

namespace percpumap {
namespace {

// Digits and sign of any integer, in room for whole blocks of them.
using NumberText = std::array<char, 64>;

size_t cell_width(const Layout& layout, Bytes bytes) {
  return format_value(layout, {.form = Notation::Form::text}, bytes).size();
}

// To the right in `width` characters, or in as many as it needs. Blanks and digits are copied in blocks, for
// a call for an odd number of them takes several times as long; up to Literal::kExcess characters behind the
// end are overwritten.
char* put_number(char* out, size_t width, const ValueWriter& writer, Bytes bytes) {
  constexpr size_t kBlanks = Literal::kExcess + 1;
  constexpr size_t kDigits = 8;
  NumberText text;
  const auto size = static_cast<size_t>(writer.write(text.data(), bytes) - text.data());
  const size_t indent = width - std::min(width, size);
  std::memset(out, ' ', kBlanks);
  for (size_t at = kBlanks; at < indent; at += kBlanks) std::memset(out + at, ' ', kBlanks);
  out += indent;
  for (size_t at = 0; at < size; at += kDigits) std::memcpy(out + at, &text[at], kDigits);
  return out + size;
}

// What stands in the column CPU.
struct Label {
  std::string text;
  Literal behind_key{};  // from the end of a key that is not wider than its column to the value
  Literal alone{};       // the same from the begin of a line without a key
};

// Keys, values or aggregates.
struct Cell {
  ValueWriter writer;
  bool is_number;
};

Cell cell_of(const Layout& layout) {
  return {ValueWriter(layout, {.form = Notation::Form::text}), layout.root().is_number()};
}

// Every byte is zero if the first one is and each is like the one before it.
bool all_zero(Bytes bytes) {
  return bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
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
  void compile(Label& label) const;
  char* put_entry(char* out, const Batch& batch, size_t i) const;
  char* put_rest(const char* line, char* out, const Label& label, const Cell& cell, Bytes value) const;
  char* put_pushed(const char* line, char* out, const Label& label, const Cell& cell, Bytes value) const;
  void write_folded(Text& out) const;
  bool folds(size_t slot, Bytes value) const;
  bool has_aggregate() const { return !table_.aggregate.empty(); }

  Table table_;
  Cell key_cell_, value_cell_, aggregate_cell_;
  Column key_;
  Column cpu_;
  Column value_;               // with per_cpu both values and aggregates, else aggregates
  size_t key_end_ = 0;         // of a key that is not wider than its column
  size_t width_ = 0;           // no entry is longer
  std::vector<Label> labels_;  // of the CPUs, by slot
  Label aggregate_label_;
  std::vector<bool> foldable_;  // by slot
  // By slot: left out of some entry. Written by several threads, and only ever set.
  mutable std::vector<std::atomic<bool>> folded_;
};

TablePrinter::TablePrinter(const Table& table)
    : table_(table),
      key_cell_(cell_of(table.key)),
      value_cell_(cell_of(table.value)),
      aggregate_cell_(cell_of(table.aggregate_layout)),
      aggregate_label_{table.per_cpu ? table.aggregate : ""},
      folded_(table.shape.cpus.size()) {
  if (!table.per_cpu) return;
  for (const uint32_t cpu : table.shape.cpus.ids()) {
    labels_.push_back({std::to_string(cpu)});
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
    if (has_aggregate()) widen(value_, table_.aggregate_layout, first.aggregate(shape, i));
    if (!table_.per_cpu) continue;
    for (size_t slot = 0; slot < shape.cpus.size(); ++slot) {
      widen(value_, table_.value, first.value(shape, i, slot));
    }
  }
}

void TablePrinter::place_columns() {
  key_.right = table_.key.root().is_number();
  key_.width = std::max(key_.width, std::string_view("KEY").size());
  cpu_ = {.start = key_.next_start(), .width = std::string_view("CPU").size(), .right = true};
  if (has_aggregate()) cpu_.width = std::max(cpu_.width, table_.aggregate.size());
  if (!labels_.empty()) cpu_.width = std::max(cpu_.width, labels_.back().text.size());
  value_.start = table_.per_cpu ? cpu_.next_start() : key_.next_start();
  value_.right = table_.per_cpu ? table_.value.root().is_number() : table_.aggregate_layout.root().is_number();
  value_.width = std::max({value_.width, std::string_view("VALUE").size(), table_.aggregate.size()});
  const size_t line = value_.next_start() + key_cell_.writer.width() + value_cell_.writer.width() +
                      aggregate_cell_.writer.width();
  width_ = line * (labels_.size() + 2) + Literal::kExcess;
  key_end_ = key_.right ? key_.width : std::min(key_.width, table_.key.is_bytes() ? 3 * table_.key.size() - 1 : 0);
  for (Label& label : labels_) compile(label);
  compile(aggregate_label_);
}

void TablePrinter::compile(Label& label) const {
  std::string text(value_.start, ' ');
  if (!label.text.empty())
    text.replace(cpu_.next_start() - kColumnGap - label.text.size(), label.text.size(), label.text);
  label.behind_key = Literal(std::string_view(text).substr(key_end_));
  label.alone = Literal(text);
}

char* TablePrinter::put_entry(char* out, const Batch& batch, size_t i) const {
  const Bytes key = batch.key(table_.shape, i);
  const char* line = out;  // with the key in it
  out = key_.right ? put_number(out, key_.width, key_cell_.writer, key) : key_cell_.writer.write(out, key);
  for (size_t slot = 0; slot < labels_.size(); ++slot) {
    const Bytes value = batch.value(table_.shape, i, slot);
    if (folds(slot, value)) continue;
    out = put_rest(std::exchange(line, nullptr), out, labels_[slot], value_cell_, value);
  }
  if (has_aggregate()) {
    out = put_rest(std::exchange(line, nullptr), out, aggregate_label_, aggregate_cell_, batch.aggregate(table_.shape, i));
  }
  if (line != nullptr) *out++ = '\n';
  return out;
}

// Of a line that begins at `line` with its key, or, with none, here.
char* TablePrinter::put_rest(const char* line, char* out, const Label& label, const Cell& cell,
                             Bytes value) const {
  if (line != nullptr && static_cast<size_t>(out - line) > key_end_) {
    out = put_pushed(line, out, label, cell, value);
  } else {
    out = (line == nullptr ? label.alone : label.behind_key).put(out);
    out = cell.is_number ? put_number(out, value_.width, cell.writer, value) : cell.writer.write(out, value);
  }
  *out++ = '\n';
  return out;
}

// To the right, by a key that is wider than its column.
char* TablePrinter::put_pushed(const char* line, char* out, const Label& label, const Cell& cell,
                               Bytes value) const {
  if (!label.text.empty()) out = put_cell(line, out, cpu_, label.text);
  if (!cell.is_number) return cell.writer.write(advance(line, out, value_.start), value);
  NumberText text;
  return put_cell(line, out, value_, {text.data(), cell.writer.write(text.data(), value)});
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
