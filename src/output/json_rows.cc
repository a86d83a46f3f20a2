#include "output/json_rows.h"

#include <algorithm>
#include <utility>

namespace percpumap {

// `due` is what has to stand before the next cell.
JsonRows::JsonRows(const Table& table, Form form)
    : shape_(table.shape),
      has_aggregate_(!table.aggregate.empty()),
      style_(form.style),
      key_(std::move(form.key)),
      value_(std::move(form.value)),
      aggregate_(std::move(form.aggregate)),
      key_survival_(table.key),
      value_survival_(table.value),
      raw_(form.raw && !(key_survival_.is_certain() && value_survival_.is_certain())),
      depth_(form.in_array ? 1 : 0) {
  before_key_ = Literal((form.in_array ? "," + line(depth_) : "") + "{" + name(depth_ + 1, "key"));
  std::string due;
  if (table.per_cpu) compile_slots(form, depth_ + 1, due);
  if (has_aggregate_) {
    before_aggregate_ = Literal(due + "," + name(depth_ + 1, table.aggregate));
    due.clear();
  }
  before_raw_ = Literal(due);
  if (!form.open) behind_ = Literal(line(depth_) + "}" + (form.lines ? "\n" : ""));
  width_ = before_key_.size() + key_.width() + before_aggregate_.size() + aggregate_.width() +
           before_raw_.size() + behind_.size() + ValueWriter::kSlack;
  for (const Literal& before : before_value_) width_ += before.size() + value_.width();
}

void JsonRows::compile_slots(const Form& form, size_t depth, std::string& due) {
  for (const uint64_t cpu : form.cpus) {
    due += before_value_.empty() ? "," + name(depth, "values") + "[" : line(depth + 1) + "},";
    due += line(depth + 1) + "{" + name(depth + 2, "cpu") + std::to_string(cpu) + ",";
    due += name(depth + 2, "value");
    before_value_.emplace_back(due);
    due.clear();
  }
  if (!before_value_.empty()) due += line(depth + 1) + "}" + line(depth) + "]";
}

std::string JsonRows::line(size_t depth) const {
  return style_ == JsonWriter::Style::compact ? "" : "\n" + std::string(2 * depth, ' ');
}

std::string JsonRows::name(size_t depth, std::string_view text) const {
  return line(depth) + '"' + std::string(text) + (style_ == JsonWriter::Style::compact ? "\":" : "\": ");
}

void JsonRows::write(const Batch& batch, size_t from, size_t to, Text& text) const {
  for (size_t i = from; i < to; ++i) {
    text.wrote(put_row(text.room(width_), batch, i));
    if (raw_ && !survives(batch, i)) write_raw(batch, i, text);
    text.wrote(behind_.put(text.room(behind_.size() + Literal::kExcess)));
  }
}

char* JsonRows::put_row(char* out, const Batch& batch, size_t i) const {
  out = key_.write(before_key_.put(out), batch.key(shape_, i));
  const std::byte* value = batch.row(shape_, i).data();
  for (const Literal& before_value : before_value_) {
    out = value_.write(before_value.put(out), value);
    value += shape_.stride();
  }
  if (has_aggregate_) out = aggregate_.write(before_aggregate_.put(out), batch.aggregate(shape_, i));
  return before_raw_.put(out);
}

bool JsonRows::survives(const Batch& batch, size_t i) const {
  if (!key_survival_(batch.key(shape_, i))) return false;
  if (value_survival_.is_certain()) return true;
  for (size_t slot = 0; slot < before_value_.size(); ++slot) {
    if (!value_survival_(batch.value(shape_, i, slot))) return false;
  }
  return true;
}

void JsonRows::write_raw(const Batch& batch, size_t i, Text& text) const {
  const auto hex = [&](Bytes bytes) {
    char* out = text.room(2 * bytes.size() + 2);
    *out++ = '"';
    out = write_hex(out, bytes);
    *out++ = '"';
    text.wrote(out);
  };
  text.write("," + name(depth_ + 1, "raw") + "{" + name(depth_ + 2, "key"));
  hex(batch.key(shape_, i));
  for (size_t slot = 0; slot < before_value_.size(); ++slot) {
    text.write(slot == 0 ? "," + name(depth_ + 2, "values") + "[" : ",");
    text.write(line(depth_ + 3));
    hex(batch.value(shape_, i, slot));
  }
  if (!before_value_.empty()) text.write(line(depth_ + 2) + "]");
  text.write(line(depth_ + 1) + "}");
}

}  // namespace percpumap
