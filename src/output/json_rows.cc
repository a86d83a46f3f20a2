#include "output/json_rows.h"

namespace percpumap {

// `due` is what has to stand before the next cell.
JsonRows::JsonRows(const Table& table, const Form& form)
    : shape_(table.shape),
      has_aggregate_(!table.aggregate.empty()),
      style_(form.style),
      key_(form.key.write),
      value_(form.value.write),
      aggregate_(form.aggregate.write) {
  const size_t depth = form.in_array ? 1 : 0;
  std::string due = (form.in_array ? "," + line(depth) : "") + "{" + name(depth + 1, "key");
  before_key_ = before(form.key, due);
  if (table.per_cpu) compile_slots(form, depth + 1, due);
  if (has_aggregate_) {
    due += "," + name(depth + 1, table.aggregate);
    before_aggregate_ = before(form.aggregate, due);
  }
  behind_ = Literal(due + line(depth) + "}" + (form.lines ? "\n" : ""));
  width_ += behind_.size() + Literal::kExcess;
}

void JsonRows::compile_slots(const Form& form, size_t depth, std::string& due) {
  for (const uint64_t cpu : form.cpus) {
    due += before_value_.empty() ? "," + name(depth, "values") + "[" : line(depth + 1) + "},";
    due += line(depth + 1) + "{" + name(depth + 2, "cpu") + std::to_string(cpu) + ",";
    due += name(depth + 2, "value");
    before_value_.push_back(before(form.value, due));
  }
  if (!before_value_.empty()) due += line(depth + 1) + "}" + line(depth) + "]";
}

Literal JsonRows::before(const JsonCell& cell, std::string& due) {
  Literal text(due.append(cell.open));
  width_ += text.size() + cell.width;
  due = cell.close;
  return text;
}

std::string JsonRows::line(size_t depth) const {
  return style_ == JsonWriter::Style::compact ? "" : "\n" + std::string(2 * depth, ' ');
}

std::string JsonRows::name(size_t depth, std::string_view text) const {
  return line(depth) + '"' + std::string(text) + (style_ == JsonWriter::Style::compact ? "\":" : "\": ");
}

void JsonRows::write(const Batch& batch, size_t from, size_t to, Text& text) const {
  for (size_t i = from; i < to; ++i) text.wrote(put_row(text.room(width_), batch, i));
}

char* JsonRows::put_row(char* out, const Batch& batch, size_t i) const {
  out = key_(before_key_.put(out), batch.key(shape_, i));
  const Bytes row = batch.row(shape_, i);
  size_t at = 0;
  for (const Literal& before_value : before_value_) {
    out = value_(before_value.put(out), row.subspan(at, shape_.value_size));
    at += shape_.stride();
  }
  if (has_aggregate_) out = aggregate_(before_aggregate_.put(out), batch.aggregate(i));
  return behind_.put(out);
}

}  // namespace percpumap
