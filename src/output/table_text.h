// What tables of entries say beside the entries.
#pragma once

#include <atomic>
#include <span>
#include <string>

#include "output/columns.h"
#include "output/printer.h"

namespace percpumap {

// The title of a field's column: its path in upper case, or `root` for what has no fields. Whatever a
// terminal may obey is escaped; cut if the table has a width.
std::string field_title(const Table& table, const ColumnField& field, std::string_view root);

// "12 entries\n"; nothing for a table of one.
std::string count_text(const Table& table, const Summary& summary);

// "(Lines are cut …)\n"
std::string cut_text(const Table& table);

// The titles over these columns, as a line.
void write_title_line(const Table& table, std::span<const Column> columns,
                      std::span<const std::string> titles, Text& out);

// Every byte is zero.
bool all_zero(Bytes bytes);

// Whether the field or something in it is a number that can be added up.
bool has_numbers(const Layout& layout, size_t index);

// Sets a mark that several threads may set, and that is read when they are done.
void set_once(std::atomic<bool>& mark);

// How many of the first entries are measured, of which each has so many cells.
size_t measured_entries(const Batch& first, size_t cells);

}  // namespace percpumap
