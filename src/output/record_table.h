// Records as tables for people.
#pragma once

#include <span>

#include "output/record.h"

namespace percpumap {

// "name  value" lines, below them each nested record under its name, indented.
void write_record_lines(Sink& sink, const Record& record);

// A header and a line for each record; nested records are left out.
void write_record_table(Sink& sink, std::span<const Record> records);

}  // namespace percpumap
