#include "output/printer.h"

#include "output/printers.h"

namespace percpumap {

std::unique_ptr<Printer> make_printer(Format format, const Table& table) {
  switch (format) {
    case Format::table: break;
    case Format::json: return make_json_printer(table, JsonWriter::Style::compact);
    case Format::pretty: return make_json_printer(table, JsonWriter::Style::pretty);
    case Format::ndjson: return make_ndjson_printer(table);
    case Format::csv: return make_csv_printer(table);
    case Format::bpftool: return make_bpftool_printer(table);
    case Format::bpftool_json: return make_bpftool_json_printer(table);
  }
  return make_table_printer(table);
}

}  // namespace percpumap
