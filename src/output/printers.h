// The printers, one a file; make_printer chooses.
#pragma once

#include <memory>

#include "output/json_writer.h"
#include "output/printer.h"

namespace percpumap {

std::unique_ptr<Printer> make_table_printer(const Table& table);
// One array (one object if Table::single), or one object a line.
std::unique_ptr<Printer> make_json_printer(const Table& table, JsonWriter::Style style);
std::unique_ptr<Printer> make_ndjson_printer(const Table& table);
std::unique_ptr<Printer> make_csv_printer(const Table& table);
// REQUIRES no aggregate, per_cpu and every possible CPU, for bpftool has nothing else.
std::unique_ptr<Printer> make_bpftool_printer(const Table& table);
std::unique_ptr<Printer> make_bpftool_json_printer(const Table& table);

}  // namespace percpumap
