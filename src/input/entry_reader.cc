#include "input/entry_reader.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/error.h"
#include "input/entry_json.h"
#include "input/entry_splitter.h"

namespace percpumap {

std::optional<ImportFormat> import_format_by_name(std::string_view name) {
  if (name == "ndjson") return ImportFormat::ndjson;
  if (name == "json") return ImportFormat::json;
  return std::nullopt;
}

struct EntryReader::State {
  State(int fd, EntryFormat entry_format)
      : format(std::move(entry_format)),
        splitter(fd, format.format),
        key(format.shape.key_size),
        row(format.shape.row_size()) {}

  // Appends one entry; false when there was none left.
  bool read(Batch& batch) {
    const auto text = splitter.next();
    if (!text) return false;
    parse_entry(*text, format, key, row);
    batch.keys.insert(batch.keys.end(), key.begin(), key.end());
    batch.rows.insert(batch.rows.end(), row.begin(), row.end());
    ++batch.count;
    lines.push_back(splitter.line());
    return true;
  }

  EntryFormat format;
  EntrySplitter splitter;
  std::vector<std::byte> key;  // of the entry that is being read
  std::vector<std::byte> row;
  std::vector<uint64_t> lines;  // of the entries in the latest batch
};

EntryReader::EntryReader(int fd, EntryFormat format)
    : state_(std::make_unique<State>(fd, std::move(format))) {}

EntryReader::~EntryReader() = default;

bool EntryReader::next(Batch& batch, size_t limit) {
  batch.keys.clear();
  batch.rows.clear();
  batch.aggregates.clear();
  batch.count = 0;
  state_->lines.clear();
  try {
    while (batch.count < limit && state_->read(batch)) {
    }
  } catch (const Error& error) {
    if (error.problem() != Problem::bad_data) throw;
    throw Error(Problem::bad_data, fmt::format("line {}: {}", state_->splitter.line(), error.what()))
        .advise(error.hint);
  }
  return batch.count > 0;
}

uint64_t EntryReader::line(size_t i) const {
  return state_->lines[i];
}

}  // namespace percpumap
