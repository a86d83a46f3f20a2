// Answers that are not map entries (list, show, stats, counts): a few named values, shown in every format.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "output/format.h"
#include "output/sink.h"

namespace percpumap {

struct Item;
using Record = std::vector<Item>;

// A complete JSON value: a key or a value of a map as ValueWriter wrote it. In CSV its characters are the
// cell.
struct Json {
  std::string text;
};

struct Item {
  using Value = std::variant<uint64_t, int64_t, double, bool, std::string, Json, std::vector<std::string>,
                             Record, std::vector<Record>>;
  std::string name;  // the JSON key
  Value value;
  std::string text = {};  // how a table shows it, where that is not the plain value ("1.2 MiB")
  bool hidden = false;    // not in tables
};

// One record. table: "name  value" lines, nested records as small tables below; csv: a header and a line.
// Formats bpftool and bpftool_json are not for records: Error (usage).
void print_record(Sink& sink, Format format, const Record& record);

// Many: a table with one column per field (the union over the records, in order of first appearance, "-"
// where a record lacks one), a JSON array, a line each in ndjson and csv.
void print_records(Sink& sink, Format format, std::span<const Record> records);

}  // namespace percpumap
