#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "base/error.h"
#include "fuzz/round_trip.h"
#include "fuzz/targets.h"
#include "types/declare.h"
#include "types/format.h"
#include "types/parse.h"
#include "types/survival.h"
#include "types/value_reader.h"

namespace percpumap::test {
namespace {

constexpr size_t kLargestTried = 4096;  // bytes

// What no declaration makes: {proto:enum,union{word:u32,{low:u16,flag:int:1}}}.
Layout undeclared_layout() {
  LayoutBuilder builder;
  const uint32_t choices = builder.choices({{"TCP", 6}, {"UDP", 17}, {"none", ~uint64_t{0}}, {"a\"\\b", 3}});
  builder.begin({.kind = Kind::structure, .size = 8});
  builder.add({.kind = Kind::enumeration, .is_signed = true, .size = 4, .choices = choices, .name = "proto"});
  builder.begin({.kind = Kind::one_of, .offset = 4, .size = 4});
  builder.add({.kind = Kind::integer, .size = 4, .name = "word"});
  builder.begin({.kind = Kind::structure, .size = 4});
  builder.add({.kind = Kind::integer, .size = 2, .name = "low"});
  builder.add(
      {.kind = Kind::integer, .bit_offset = 3, .bit_size = 6, .offset = 2, .size = 2, .name = "flag"});
  builder.end();
  builder.end();
  builder.end();
  return builder.finish();
}

// Runs `parse`, which may refuse its text as bad data; false then.
template <typename Parse>
bool accepted(Parse parse) {
  try {
    parse();
    return true;
  } catch (const Error& error) {
    if (error.problem() != Problem::bad_data) abort();
    return false;
  }
}

std::vector<std::string> split(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

// The cells of CSV, one for each column, read back.
std::vector<std::byte> through_cells(const Layout& layout, Bytes value) {
  std::vector<std::byte> read(layout.size());
  ValueReader reader(layout, WideNumbers::numbers);
  reader.start("value", read);
  for (const ColumnField& column : column_fields(layout)) {
    const ValueWriter writer(layout, {.form = Notation::Form::bare}, column.index, column.offset);
    std::string cell(writer.width() + ValueWriter::kSlack, '\0');
    cell.resize(static_cast<size_t>(writer.write(cell.data(), value) - cell.data()));
    reader.read_cell(column, cell);
  }
  return read;
}

void check(const Layout& layout, const std::vector<std::byte>& value) {
  const std::string fault = round_trip_fault(layout, value);
  const bool same = !Survival(layout)(value) || through_cells(layout, value) == value;
  if (fault.empty() && same) return;
  std::cerr << fault << (same ? "" : " differs through cells") << "\n";
  abort();
}

void try_literal(const Layout& layout, const std::string& line) {
  std::vector<std::byte> value(layout.size());
  for (const auto& words : {std::vector{line}, split(line)}) {
    if (accepted([&] { parse_data(words, layout, "value", value); })) check(layout, value);
  }
  // A cell, whatever is in it.
  const auto columns = column_fields(layout);
  if (columns.empty()) return;
  ValueReader reader(layout, WideNumbers::strings);
  reader.start("value", value);
  accepted([&] { reader.read_cell(columns.front(), line); });
}

}  // namespace

void fuzz_literals(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::string line;
  std::getline(lines, line);
  Layout layout = undeclared_layout();
  if (!line.empty() && !accepted([&] { layout = declare_layout(line, "value"); })) return;
  if (layout.size() > kLargestTried) return;
  while (std::getline(lines, line)) try_literal(layout, line);
}

}  // namespace percpumap::test
