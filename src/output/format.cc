#include "output/format.h"

#include <array>
#include <utility>

namespace percpumap {
namespace {

constexpr auto kNames = std::to_array<std::pair<std::string_view, Format>>({
    {"table", Format::table},
    {"json", Format::json},
    {"pretty", Format::pretty},
    {"ndjson", Format::ndjson},
    {"csv", Format::csv},
    {"bpftool", Format::bpftool},
    {"bpftool-json", Format::bpftool_json},
});

}  // namespace

std::optional<Format> format_by_name(std::string_view name) {
  for (const auto& [known, format] : kNames) {
    if (known == name) return format;
  }
  return std::nullopt;
}

std::string_view format_name(Format format) {
  for (const auto& [name, known] : kNames) {
    if (known == format) return name;
  }
  return {};
}

}  // namespace percpumap
