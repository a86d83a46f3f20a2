// What import reads: the forms of the input, and what its bytes mean.
#pragma once

#include <optional>
#include <string_view>

#include "map/batch.h"
#include "types/layout.h"
#include "types/parse.h"

namespace percpumap {

enum class ImportFormat {
  ndjson,        // one entry a line
  json,          // an array of entries
  csv,           // RFC 4180, one value a line, below the header key,cpu,value
  bpftool_json,  // an array of what bpftool makes of entries
};
// "ndjson", "json", "csv", "bpftool-json".
std::optional<ImportFormat> import_format_by_name(std::string_view name);

struct EntryFormat {
  Layout key = Layout::bytes(0);
  Layout value = Layout::bytes(0);
  WideNumbers wide = WideNumbers::numbers;
  Shape shape;                    // shape.cpus: every possible CPU of the machine that imports
  std::optional<CpuList> needed;  // of these CPUs an entry has to have a value; none: of all
  bool missing_cpu_zero = false;  // it gets zeroes where it has none; otherwise that is an error
  // none: by the first byte, '{' ndjson, '[' json, else csv; and an entry whose key is an array of "0x.." is
  // bpftool's
  std::optional<ImportFormat> format;
};

}  // namespace percpumap
