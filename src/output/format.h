// The words of -o.
#pragma once

#include <optional>
#include <string_view>

namespace percpumap {

enum class Format { table, json, pretty, ndjson, csv, bpftool, bpftool_json };

// "table", "json", "pretty", "ndjson", "csv", "bpftool", "bpftool-json".
std::optional<Format> format_by_name(std::string_view name);
std::string_view format_name(Format format);

// Errors are JSON objects, too, with these.
inline bool is_json(Format format) {
  return format == Format::json || format == Format::pretty || format == Format::ndjson ||
         format == Format::bpftool_json;
}

}  // namespace percpumap
