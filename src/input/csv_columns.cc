#include "input/csv_columns.h"

#include <charconv>
#include <map>

#include "base/escape.h"
#include "input/bad_data.h"

namespace percpumap {
namespace {

Error no_column(std::string_view title) {
  return bad_data("the header has no column {}", shown(title))
      .advise("a dump under the same types has it; --raw reads one without types; JSON begins with { or [");
}

// The place of each title that is one of `wanted`, by its number there. The columns that nobody wants may
// have names twice.
std::vector<std::optional<size_t>> find_columns(std::span<const std::string> wanted, Cells titles) {
  std::map<std::string_view, size_t> numbers;
  for (size_t i = 0; i < wanted.size(); ++i) numbers.emplace(wanted[i], i);
  std::vector<std::optional<size_t>> found(wanted.size());
  for (size_t column = 0; column < titles.size(); ++column) {
    const auto at = numbers.find(titles[column]);
    if (at == numbers.end()) continue;
    if (found[at->second]) throw bad_data("the column {} comes twice", shown(titles[column]));
    found[at->second] = column;
  }
  return found;
}

std::optional<size_t> find_column(const std::string& title, Cells titles) {
  return find_columns({&title, 1}, titles).front();
}

}  // namespace

CsvColumns::CsvColumns(const EntryFormat& format)
    : key_("key", format.key, format.wide), value_("value", format.value, format.wide) {}

void CsvColumns::read_header(Cells titles) {
  key_.read_header(titles);
  const auto cpu = find_column("cpu", titles);
  if (!cpu) throw no_column("cpu");
  cpu_ = *cpu;
  value_.read_header(titles);
  count_ = titles.size();
}

void CsvColumns::read_key(Cells cells, MutableBytes out) {
  key_.read(cells, "key", out);
}

uint32_t CsvColumns::read_cpu(Cells cells) const {
  const std::string_view cell = cells[cpu_];
  const char* const end = cell.data() + cell.size();
  uint32_t cpu = 0;
  const auto [stop, ec] = std::from_chars(cell.data(), end, cpu);
  if (ec == std::errc() && stop == end) return cpu;
  throw bad_data("\"{}\" is not the number of a CPU", shown(cell));
}

void CsvColumns::read_value(Cells cells, std::string_view what, MutableBytes out) {
  value_.read(cells, what, out);
}

CsvColumns::Part::Part(std::string_view name, const Layout& layout, WideNumbers wide)
    : name_(name), reader_(layout, wide), fields_(column_fields(layout)) {}

void CsvColumns::Part::read_header(Cells titles) {
  std::vector<std::string> wanted;
  for (const ColumnField& field : fields_) wanted.push_back(title(field));
  columns_ = find_columns(wanted, titles);
  std::vector<size_t> given;
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (columns_[i]) given.push_back(fields_[i].index);
  }
  if (const auto lacking = reader_.missing_column(given)) refuse_missing(*lacking);
  raw_ = find_column("raw_" + std::string(name_), titles);
}

void CsvColumns::Part::read(Cells cells, std::string_view what, MutableBytes out) {
  if (raw_ && !cells[*raw_].empty()) return parse_hex_run(cells[*raw_], FieldPath(what), out);
  reader_.start(what, out);
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (columns_[i]) reader_.read_cell(fields_[i], cells[*columns_[i]]);
  }
}

std::string CsvColumns::Part::title(const ColumnField& field) const {
  return std::string(name_) + (field.name.empty() ? "" : ".") + json_text(field.name);
}

void CsvColumns::Part::refuse_missing(size_t index) const {
  for (const ColumnField& field : fields_) {
    if (field.index == index) throw no_column(title(field));
  }
  throw no_column(name_);
}

}  // namespace percpumap
