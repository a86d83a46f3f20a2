#include "output/long_table.h"

#include <algorithm>
#include <utility>

#include "output/table_text.h"
#include "output/utf8.h"

namespace percpumap {

LongTable::LongTable(const Table& table)
    : table_(table), aggregate_label_(table.aggregate), folded_(table.shape.cpus.size()) {
  key_ = add_columns(table.key, "KEY", false);
  add_labels();
  value_ = add_columns(table.value, "VALUE", table.human);
  if (!table.aggregate.empty()) add_aggregate();
}

LongTable::Part LongTable::add_columns(const Layout& layout, std::string_view root, bool marks) {
  Part part;
  for (const ColumnField& field : column_fields(layout)) {
    CellWriter writer(layout, field, marks);
    titles_.push_back(field_title(table_, field, root));
    columns_.push_back({.width = display_width(titles_.back()), .right = writer.right()});
    part.cells.push_back({columns_.size() - 1, std::move(writer)});
  }
  return part;
}

void LongTable::add_labels() {
  cpu_ = columns_.size();
  titles_.emplace_back("CPU");
  columns_.push_back({.width = std::max(titles_.back().size(), table_.aggregate.size()), .right = true});
  for (const uint32_t cpu : table_.shape.cpus.ids()) {
    labels_.emplace_back(std::to_string(cpu));
    foldable_.push_back(table_.foldable.contains(cpu));
  }
  columns_[cpu_].width = std::max(columns_[cpu_].width, labels_.back().size());
}

// A field that is no number keeps its CPUs' values, which stand above.
void LongTable::add_aggregate() {
  const auto values = column_fields(table_.value);
  for (const ColumnField& field : column_fields(table_.aggregate_layout)) {
    const auto same = [&](const ColumnField& value) { return value.name == field.name; };
    const auto at = std::find_if(values.begin(), values.end(), same);
    if (at == values.end() || !has_numbers(table_.value, at->index)) continue;
    const size_t column = cpu_ + 1 + static_cast<size_t>(at - values.begin());
    aggregate_.cells.push_back({column, CellWriter(table_.aggregate_layout, field, table_.human)});
  }
}

void LongTable::begin(const Batch& first, Text& out) {
  measure(first);
  place_columns(columns_, table_.single ? 0 : table_.width);
  const size_t blanks = (columns_.size() + 1) * kColumnGap + columns_.back().end();
  const size_t line = blanks + columns_[cpu_].width + value_.most() + 1;
  width_ = line * labels_.size() + key_.most() + ValueWriter::kSlack;
  if (!table_.aggregate.empty()) width_ += blanks + columns_[cpu_].width + aggregate_.most() + 1;
  write_title_line(table_, columns_, titles_, out);
}

void LongTable::measure(const Batch& first) {
  const Shape& shape = table_.shape;
  const size_t measured = measured_entries(first, columns_.size() * shape.cpus.size());
  Text scratch;
  for (size_t i = 0; i < measured; ++i) {
    key_.measure(columns_, first.key(shape, i).data(), scratch);
    if (!table_.aggregate.empty()) aggregate_.measure(columns_, first.aggregate(shape, i).data(), scratch);
    for (size_t slot = 0; slot < shape.cpus.size(); ++slot) {
      value_.measure(columns_, first.value(shape, i, slot).data(), scratch);
    }
  }
}

void LongTable::rows(const Batch& batch, size_t from, size_t to, Text& out) const {
  for (size_t i = from; i < to; ++i) out.wrote(put_entry(out.room(width_), batch, i));
}

char* LongTable::put_entry(char* out, const Batch& batch, size_t i) const {
  Line line(out);
  key_.put(line, columns_, batch.key(table_.shape, i).data());
  bool empty = true;  // behind the key
  for (size_t slot = 0; slot < labels_.size(); ++slot) {
    const Bytes value = batch.value(table_.shape, i, slot);
    if (folds(slot, value)) continue;
    if (!std::exchange(empty, false)) line = Line(finish(line));
    line.put_label(columns_[cpu_], labels_[slot]);
    value_.put(line, columns_, value.data());
  }
  if (!table_.aggregate.empty()) {
    if (!empty) line = Line(finish(line));
    line.put_label(columns_[cpu_], aggregate_label_);
    aggregate_.put(line, columns_, batch.aggregate(table_.shape, i).data());
  }
  return finish(line);
}

char* LongTable::finish(Line& line) const {
  bool cut = false;
  char* end = line.finish(table_.single ? 0 : table_.width, cut);
  if (cut) set_once(cut_);
  return end;
}

bool LongTable::folds(size_t slot, Bytes value) const {
  if (!foldable_[slot] || !all_zero(value)) return false;
  set_once(folded_[slot]);
  return true;
}

void LongTable::end(const Summary& summary, Text& out) {
  out.write(count_text(table_, summary));
  out.write(folded_text());
  if (cut_) out.write(cut_text(table_));
}

std::string LongTable::folded_text() const {
  const auto count = std::count(folded_.begin(), folded_.end(), true);
  if (count == 0) return {};
  if (count == 1) return "(1 offline CPU is not shown where its value is zero; --cpu all shows it)\n";
  return "(" + std::to_string(count) +
         " offline CPUs are not shown where their value is zero; --cpu all shows them)\n";
}

void LongTable::Part::measure(std::span<Column> columns, const std::byte* at, Text& scratch) const {
  for (const Cell& cell : cells) {
    size_t& width = columns[cell.column].width;
    width = std::max(width, cell.writer.measure(at, scratch));
  }
}

void LongTable::Part::put(Line& line, std::span<const Column> columns, const std::byte* at) const {
  for (const Cell& cell : cells) cell.writer.put(line, columns[cell.column], at);
}

size_t LongTable::Part::most() const {
  size_t most = 0;
  for (const Cell& cell : cells) most += cell.writer.most();
  return most;
}

}  // namespace percpumap
