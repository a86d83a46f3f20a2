// The printers, one a file; make_printer chooses.
#pragma once

#include <memory>

#include "output/json_writer.h"
#include "output/printer.h"

namespace percpumap {

std::unique_ptr<Printer> make_table_printer(Sink& sink);
// One array (one object if Table::single), or one object a line.
std::unique_ptr<Printer> make_json_printer(Sink& sink, JsonWriter::Style style);
std::unique_ptr<Printer> make_ndjson_printer(Sink& sink);
std::unique_ptr<Printer> make_csv_printer(Sink& sink);
std::unique_ptr<Printer> make_bpftool_printer(Sink& sink);
std::unique_ptr<Printer> make_bpftool_json_printer(Sink& sink);

}  // namespace percpumap
