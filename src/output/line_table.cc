#include "output/line_table.h"

#include <utility>

#include "base/escape.h"
#include "output/table_text.h"
#include "output/utf8.h"

namespace percpumap {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

LineTable::LineTable(const Table& table, Shown shown, const Batch& first)
    : table_(table), shown_(shown), aggregate_layout_(table.aggregate_layout) {
  choose_aggregate();
  if (shown == Shown::cpus) choose_cpus(first);
  add_keys();
  for (const ColumnField& field : column_fields(table.value)) add_group(field);
  measure(first);
  widen_groups();
}

void LineTable::choose_aggregate() {
  aggregate_ = table_.aggregate;
  if (!aggregate_.empty() || shown_ == Shown::cpus) return;
  aggregation_.emplace(Aggregate::sum, table_.value, table_.shape);
  aggregate_ = aggregate_name(Aggregate::sum);
  aggregate_layout_ = aggregation_->layout();
}

// Offline CPUs have columns where one of the first entries needs it.
void LineTable::choose_cpus(const Batch& first) {
  const auto ids = table_.shape.cpus.ids();
  const size_t measured = measured_entries(first, ids.size());
  for (size_t slot = 0; slot < ids.size(); ++slot) {
    bool hidden = table_.foldable.contains(ids[slot]);
    for (size_t i = 0; hidden && i < measured; ++i) hidden = all_zero(first.value(table_.shape, i, slot));
    (hidden ? hidden_ : slots_).push_back(slot);
  }
}

void LineTable::add_keys() {
  for (const ColumnField& field : column_fields(table_.key)) {
    writers_.emplace_back(table_.key, field, false);
    add_cell(Source::key, writers_.size() - 1, 0, field_title(table_, field, "KEY"), writers_.back().right());
  }
  keys_ = cells_.size();
}

void LineTable::add_group(const ColumnField& field) {
  const bool summed = has_numbers(table_.value, field.index);
  const bool all = shown_ == Shown::cpus || !table_.per_cpu;
  if (!all && !summed) {
    left_out_.push_back(shown_text(field.name));
    return;
  }
  Group group{field_title(table_, field, ""), cells_.size(), 0};
  if (!aggregate_.empty() && (summed || !table_.per_cpu)) add_aggregate(field);
  if (shown_ == Shown::cpus) add_cpus(field);
  if (shown_ == Shown::hottest && table_.value[field.index].is_number()) {
    hottest_.emplace_back(table_.value[field.index], field.offset, table_.shape);
    add_cell(Source::hottest, hottest_.size() - 1, 0, "HOTTEST", false);
  }
  group.end = cells_.size();
  if (!group.title.empty() && group.end > group.begin) groups_.push_back(std::move(group));
}

void LineTable::add_aggregate(const ColumnField& field) {
  const auto fields = column_fields(aggregate_layout_);
  const auto same = [&](const ColumnField& other) { return other.name == field.name; };
  const auto at = std::find_if(fields.begin(), fields.end(), same);
  if (at == fields.end()) return;
  writers_.emplace_back(aggregate_layout_, *at, table_.human);
  add_cell(Source::aggregate, writers_.size() - 1, 0, column_title(aggregate_), writers_.back().right());
}

void LineTable::add_cpus(const ColumnField& field) {
  writers_.emplace_back(table_.value, field, table_.human);
  for (const size_t slot : slots_) {
    const std::string cpu = std::to_string(table_.shape.cpus.ids()[slot]);
    add_cell(Source::row, writers_.size() - 1, slot * table_.shape.stride(), "CPU" + cpu,
             writers_.back().right());
  }
}

void LineTable::add_cell(Source source, size_t writer, size_t offset, std::string title, bool right) {
  const size_t most = source == Source::hottest ? hottest_[writer].width() : writers_[writer].most();
  columns_.push_back({.width = display_width(title), .right = right});
  if (source == Source::hottest) columns_.back().width = std::max(columns_.back().width, most);
  titles_.push_back(std::move(title));
  cells_.push_back({source, writer, offset});
  width_ += most + kColumnGap;
}

void LineTable::measure(const Batch& first) {
  Text scratch;
  std::vector<std::byte> aggregate(aggregate_layout_.size());
  const size_t measured = measured_entries(first, cells_.size());
  for (size_t i = 0; i < measured; ++i) {
    const Entry of = entry(first, i, aggregate);
    for (size_t at = 0; at < cells_.size(); ++at) {
      const Cell& cell = cells_[at];
      if (cell.source == Source::hottest) continue;
      const size_t width = writers_[cell.writer].measure(of.part(cell.source) + cell.offset, scratch);
      columns_[at].width = std::max(columns_[at].width, width);
    }
  }
}

// Each to the width of its title.
void LineTable::widen_groups() {
  for (const Group& group : groups_) {
    const auto columns = std::span(columns_).subspan(group.begin, group.end - group.begin);
    const size_t width = line_width(columns);
    columns.front().width += std::max(width, display_width(group.title)) - width;
  }
}

bool LineTable::fits() const {
  if (table_.width == 0) return true;
  const size_t key = table_.width * 3 / 5;
  std::vector<Column> columns = columns_;
  for (size_t i = 0; i < keys_; ++i) {
    if (!columns[i].right) columns[i].width = std::min(columns[i].width, key);
  }
  return line_width(columns) <= table_.width;
}

void LineTable::begin(const Batch&, Text& out) {
  place_columns(columns_, table_.width);
  width_ += columns_.empty() ? 0 : columns_.back().end();
  width_ += ValueWriter::kSlack;
  if (!groups_.empty()) write_groups(out);
  write_title_line(table_, columns_, titles_, out);
}

void LineTable::write_groups(Text& out) const {
  std::vector<Column> places;
  std::vector<std::string> titles;
  for (const Group& group : groups_) {
    const Column& first = columns_[group.begin];
    const bool right = first.right && group.end == group.begin + 1;
    places.push_back({first.start, columns_[group.end - 1].end() - first.start, right});
    titles.push_back(group.title);
  }
  write_title_line(table_, places, titles, out);
}

LineTable::Entry LineTable::entry(const Batch& batch, size_t i, MutableBytes scratch) const {
  const Bytes row = batch.row(table_.shape, i);
  if (aggregation_) aggregation_->run(row.data(), scratch.data());
  return {batch.key(table_.shape, i).data(), row.data(),
          aggregation_ ? scratch.data() : batch.aggregate(table_.shape, i).data()};
}

// What is computed for an entry stands for that time behind its line.
void LineTable::rows(const Batch& batch, size_t from, size_t to, Text& out) const {
  const size_t aggregate = aggregation_ ? aggregate_layout_.size() : 0;
  for (size_t i = from; i < to; ++i) {
    char* line = out.room(width_ + aggregate);
    const auto scratch = std::as_writable_bytes(std::span(line + width_, aggregate));
    out.wrote(put_entry(line, entry(batch, i, scratch)));
  }
}

char* LineTable::put_entry(char* out, const Entry& entry) const {
  Line line(out);
  for (size_t i = 0; i < cells_.size(); ++i) {
    const Cell& cell = cells_[i];
    const std::byte* at = entry.part(cell.source) + cell.offset;
    if (cell.source != Source::hottest) {
      writers_[cell.writer].put(line, columns_[i], at);
    } else {
      char* const begin = line.begin_cell(columns_[i]);
      line.end_cell(columns_[i], begin, hottest_[cell.writer].put(begin, at), true);
    }
  }
  if (!hidden_.empty()) note_hidden(entry.row);
  bool cut = false;
  out = line.finish(table_.width, cut);
  if (cut) set_once(cut_);
  return out;
}

void LineTable::note_hidden(const std::byte* row) const {
  if (hidden_counts_.load(std::memory_order_relaxed)) return;
  for (const size_t slot : hidden_) {
    if (!all_zero({row + slot * table_.shape.stride(), table_.shape.value_size})) set_once(hidden_counts_);
  }
}

void LineTable::end(const Summary& summary, Text& out) {
  out.write(count_text(table_, summary));
  out.write(notes());
}

std::string LineTable::notes() const {
  std::string text;
  if (table_.per_cpu && shown_ != Shown::cpus) {
    text += "(" + std::to_string(table_.shape.cpus.size()) +
            " CPUs: --cpu LIST or --long shows the values of each)\n";
  }
  if (!left_out_.empty())
    text += "(not shown, for it is no number: " + joined(left_out_) + "; --long shows it)\n";
  if (!hidden_.empty()) {
    const bool one = hidden_.size() == 1;
    text += "(" + std::to_string(hidden_.size()) + (one ? " offline CPU is" : " offline CPUs are");
    text += " not shown" + std::string(hidden_counts_ ? ", but not all of their values are zero" : "");
    text += one ? "; --cpu all shows it)\n" : "; --cpu all shows them)\n";
  }
  if (cut_) text += cut_text(table_);
  return text;
}

}  // namespace percpumap
