#include "output/record.h"

#include "base/error.h"
#include "output/csv.h"
#include "output/json_writer.h"
#include "output/record_table.h"
#include "output/record_text.h"

namespace percpumap {
namespace {

[[noreturn]] void refuse(Format format) {
  throw Error(Problem::usage, "format " + std::string(format_name(format)) + " is for entries")
      .advise("use -o table, json, pretty, ndjson or csv with this command");
}

JsonWriter::Style style_of(Format format) {
  return format == Format::pretty ? JsonWriter::Style::pretty : JsonWriter::Style::compact;
}

void write_json(JsonWriter& json, const Record& record);

struct JsonValue {
  JsonWriter& json;

  void operator()(uint64_t value) const { json.number(value); }
  void operator()(int64_t value) const { json.number(value); }
  void operator()(double value) const { json.number(value); }
  void operator()(bool value) const { json.boolean(value); }
  void operator()(const std::string& value) const { json.string(value); }
  void operator()(const Json& value) const { json.raw(value.text); }
  void operator()(const Record& value) const { write_json(json, value); }
  void operator()(const std::vector<std::string>& values) const {
    json.begin_array();
    for (const std::string& value : values) json.string(value);
    json.end_array();
  }
  void operator()(const std::vector<Record>& values) const {
    json.begin_array();
    for (const Record& value : values) write_json(json, value);
    json.end_array();
  }
};

void write_json(JsonWriter& json, const Record& record) {
  json.begin_object();
  for (const Item& field : record) {
    json.key(field.name);
    std::visit(JsonValue{json}, field.value);
  }
  json.end_object();
}

void write_json_array(JsonWriter json, std::span<const Record> records) {
  json.begin_array();
  for (const Record& record : records) write_json(json, record);
  json.end_array();
  json.newline();
}

void write_json_lines(JsonWriter json, std::span<const Record> records) {
  for (const Record& record : records) {
    write_json(json, record);
    json.newline();
  }
}

void write_csv_line(Sink& sink, std::span<const std::string> cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) sink.write(",");
    sink.write(csv_cell(cells[i]));
  }
  sink.write("\r\n");
}

void write_csv(Sink& sink, std::span<const Record> records) {
  const std::vector<std::string> names =
      column_names(records, [](const Item& field) { return !is_nested(field); });
  if (names.empty()) return;
  write_csv_line(sink, names);
  for (const Record& record : records) {
    std::vector<std::string> cells;
    for (const std::string& name : names) {
      const Item* field = find_field(record, name);
      cells.push_back(field == nullptr ? "" : plain_text(*field, ";"));
    }
    write_csv_line(sink, cells);
  }
}

}  // namespace

void print_record(Sink& sink, Format format, const Record& record) {
  switch (format) {
    case Format::table: return write_record_lines(sink, record);
    case Format::json:
    case Format::pretty:
    case Format::ndjson: return write_json_lines(JsonWriter(sink, style_of(format)), {&record, 1});
    case Format::csv: return write_csv(sink, {&record, 1});
    case Format::bpftool:
    case Format::bpftool_json: refuse(format);
  }
}

void print_records(Sink& sink, Format format, std::span<const Record> records) {
  switch (format) {
    case Format::table: return write_record_table(sink, records);
    case Format::json:
    case Format::pretty: return write_json_array(JsonWriter(sink, style_of(format)), records);
    case Format::ndjson: return write_json_lines(JsonWriter(sink, style_of(format)), records);
    case Format::csv: return write_csv(sink, records);
    case Format::bpftool:
    case Format::bpftool_json: refuse(format);
  }
}

}  // namespace percpumap
