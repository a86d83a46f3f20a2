#include "output/record_table.h"

#include <algorithm>

#include "base/escape.h"
#include "output/columns.h"
#include "output/record_text.h"
#include "output/utf8.h"

namespace percpumap {
namespace {

constexpr std::string_view kNothing = "-";
constexpr size_t kIndent = 2;

bool is_cell(const Item& field) {
  return !field.hidden && !is_nested(field);
}

bool is_number(const Item& field) {
  return std::holds_alternative<uint64_t>(field.value) || std::holds_alternative<int64_t>(field.value) ||
         std::holds_alternative<double>(field.value);
}

std::string cell_text(const Item* field) {
  if (field == nullptr) return std::string(kNothing);
  std::string text = shown_text(field->text.empty() ? plain_text(*field, ",") : field->text);
  return text.empty() ? std::string(kNothing) : text;
}

// One column of a table, all its cells known.
struct TextColumn {
  std::vector<std::string> cells = {};  // the title first
  size_t width = 0;
  bool right = true;  // nothing but numbers
};

TextColumn make_column(std::string_view name, std::span<const Record> records) {
  TextColumn column{.cells = {shown_text(column_title(name))}};
  for (const Record& record : records) {
    const Item* field = find_field(record, name);
    column.cells.push_back(cell_text(field));
    if (field != nullptr && !is_number(*field)) column.right = false;
  }
  for (const std::string& cell : column.cells) column.width = std::max(column.width, display_width(cell));
  return column;
}

// Blanks that are due come before the next text, so that none end a line.
void append_cell(std::string& line, size_t& due, const TextColumn& column, const std::string& cell) {
  const size_t padding = column.width - display_width(cell);
  line.append(due + (column.right ? padding : 0), ' ');
  line += cell;
  due = kColumnGap + (column.right ? 0 : padding);
}

void write_table(Sink& sink, std::span<const Record> records, size_t indent) {
  std::vector<TextColumn> columns;
  for (const std::string& name : column_names(records, is_cell)) {
    columns.push_back(make_column(name, records));
  }
  if (columns.empty()) return;
  for (size_t row = 0; row <= records.size(); ++row) {
    std::string line;
    size_t due = indent;
    for (const TextColumn& column : columns) append_cell(line, due, column, column.cells[row]);
    row == 0 ? write_title(sink, sink.styled(), line) : sink.write(line);
    sink.write("\n");
  }
}

void write_lines(Sink& sink, const Record& record, size_t indent);

void write_nested(Sink& sink, const Item& field, size_t indent) {
  sink.write("\n" + std::string(indent, ' '));
  write_title(sink, sink.styled(), shown_text(field.name) + ":");
  sink.write("\n");
  if (const auto* records = std::get_if<std::vector<Record>>(&field.value)) {
    write_table(sink, *records, indent + kIndent);
  } else {
    write_lines(sink, std::get<Record>(field.value), indent + kIndent);
  }
}

void write_lines(Sink& sink, const Record& record, size_t indent) {
  TextColumn names{.right = false};
  for (const Item& field : record) {
    if (is_cell(field)) names.width = std::max(names.width, field.name.size());
  }
  for (const Item& field : record) {
    if (!is_cell(field)) continue;
    std::string line;
    size_t due = indent;
    append_cell(line, due, names, field.name);
    sink.write(line.append(due, ' ') + cell_text(&field) + '\n');
  }
  for (const Item& field : record) {
    if (!field.hidden && is_nested(field)) write_nested(sink, field, indent);
  }
}

}  // namespace

void write_record_lines(Sink& sink, const Record& record) {
  write_lines(sink, record, 0);
}

void write_record_table(Sink& sink, std::span<const Record> records) {
  write_table(sink, records, 0);
}

}  // namespace percpumap
