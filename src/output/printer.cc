#include "output/printer.h"

#include "output/printers.h"

namespace percpumap {

std::unique_ptr<Printer> make_printer(Format format, Sink& sink) {
  switch (format) {
    case Format::table: break;
    case Format::json: return make_json_printer(sink, JsonWriter::Style::compact);
    case Format::pretty: return make_json_printer(sink, JsonWriter::Style::pretty);
    case Format::ndjson: return make_ndjson_printer(sink);
    case Format::csv: return make_csv_printer(sink);
    case Format::bpftool: return make_bpftool_printer(sink);
    case Format::bpftool_json: return make_bpftool_json_printer(sink);
  }
  return make_table_printer(sink);
}

}  // namespace percpumap
