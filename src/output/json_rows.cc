#include "output/json_rows.h"

namespace percpumap {

JsonRows::JsonRows(const Table& table, const Form& form)
    : table_(table), style_(form.style), key_(form.key), value_(form.value), aggregate_(form.aggregate) {
  const size_t depth = form.in_array ? 1 : 0;
  before_key_ = (form.in_array ? "," + line(depth) : "") + "{" + name(depth + 1, "key");
  if (table.per_cpu) compile_slots(form, depth + 1);
  if (!table.aggregate.empty()) before_aggregate_ = "," + name(depth + 1, table.aggregate);
  behind_ = line(depth) + "}" + (form.lines ? "\n" : "");
  width_ = before_key_.size() + key_.width + behind_values_.size() + before_aggregate_.size() +
           aggregate_.width + behind_.size();
  for (const std::string& text : before_value_) width_ += text.size() + value_.width;
}

void JsonRows::compile_slots(const Form& form, size_t depth) {
  const std::string behind_value = line(depth + 1) + "}";
  for (size_t slot = 0; slot < form.cpus.size(); ++slot) {
    std::string text = slot == 0 ? "," + name(depth, "values") + "[" : behind_value + ",";
    text += line(depth + 1) + "{" + name(depth + 2, "cpu") + std::to_string(form.cpus[slot]) + ",";
    before_value_.push_back(text + name(depth + 2, "value"));
  }
  behind_values_ = before_value_.empty() ? "" : behind_value + line(depth) + "]";
}

std::string JsonRows::line(size_t depth) const {
  return style_ == JsonWriter::Style::compact ? "" : "\n" + std::string(2 * depth, ' ');
}

std::string JsonRows::name(size_t depth, std::string_view text) const {
  return line(depth) + '"' + std::string(text) + (style_ == JsonWriter::Style::compact ? "\":" : "\": ");
}

void JsonRows::write(const Batch& batch, size_t i, Text& text) const {
  const Shape& shape = table_.shape;
  char* out = put(text.room(width_), before_key_);
  out = key_.write(out, table_.key, batch.key(shape, i));
  for (size_t slot = 0; slot < before_value_.size(); ++slot) {
    out = put(out, before_value_[slot]);
    out = value_.write(out, table_.value, batch.value(shape, i, slot));
  }
  out = put(out, behind_values_);
  if (!table_.aggregate.empty()) {
    out = aggregate_.write(put(out, before_aggregate_), table_.aggregate_layout, batch.aggregate(i));
  }
  text.wrote(put(out, behind_));
}

}  // namespace percpumap
