#include "input/entry_reader.h"

#include <array>
#include <utility>

#include "input/bad_data.h"
#include "input/entry_csv.h"
#include "input/entry_json.h"
#include "input/entry_splitter.h"

namespace percpumap {
namespace {

// Room for `count` entries, and no others.
void resize(Batch& batch, const Shape& shape, size_t count) {
  batch.keys.resize(count * shape.key_size);
  batch.rows.resize(count * shape.row_size());
}

}  // namespace

std::optional<ImportFormat> import_format_by_name(std::string_view name) {
  if (name == "ndjson") return ImportFormat::ndjson;
  if (name == "json") return ImportFormat::json;
  if (name == "csv") return ImportFormat::csv;
  if (name == "bpftool-json") return ImportFormat::bpftool_json;
  return std::nullopt;
}

struct EntryReader::State {
  State(int fd, EntryFormat entry_format, int stop)
      : format(std::move(entry_format)),
        splitter(fd, format.format, stop),
        json(format),
        csv(splitter, format) {}

  // Adds one entry, for which there is room; false when there was none left.
  bool read(Entries& entries) {
    Batch& batch = entries.batch;
    const Shape& shape = format.shape;
    const MutableBytes key = MutableBytes(batch.keys).subspan(batch.count * shape.key_size, shape.key_size);
    const MutableBytes row =
        MutableBytes(batch.rows).subspan(batch.count * shape.row_size(), shape.row_size());
    if (!parse(key, row)) return false;
    entries.lines.push_back(line());
    ++batch.count;
    return true;
  }
  bool parse(MutableBytes key, MutableBytes row) {
    if (splitter.format() == ImportFormat::csv) return csv.next(key, row);
    const auto text = splitter.next();
    if (text) json.parse(*text, key, row);
    return text.has_value();
  }
  uint64_t line() { return splitter.format() == ImportFormat::csv ? csv.line() : splitter.line(); }

  EntryFormat format;
  EntrySplitter splitter;
  EntryParser json;
  EntryCsv csv;
};

EntryReader::EntryReader(int fd, EntryFormat format, int stop)
    : state_(std::make_unique<State>(fd, std::move(format), stop)) {}

EntryReader::~EntryReader() = default;

bool EntryReader::next(Entries& entries, size_t limit) {
  entries.lines.clear();
  entries.batch.count = 0;
  resize(entries.batch, state_->format.shape, limit);
  try {
    while (entries.batch.count < limit && state_->read(entries)) {
    }
  } catch (const Error& error) {
    resize(entries.batch, state_->format.shape, entries.batch.count);
    if (error.problem() != Problem::bad_data) throw;
    throw bad_data("line {}: {}", state_->line(), error.what()).advise(error.hint);
  }
  resize(entries.batch, state_->format.shape, entries.batch.count);
  return entries.batch.count > 0;
}

}  // namespace percpumap
