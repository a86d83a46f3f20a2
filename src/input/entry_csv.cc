#include "input/entry_csv.h"

#include <algorithm>

#include "input/bad_data.h"
#include "input/cpu_word.h"

namespace percpumap {

void CsvRecord::parse(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  cells_.clear();
  unescaped_.clear();
  unescaped_.reserve(text.size());  // what is in it must not move any more
  cells_.push_back(take_cell(text));
  while (!text.empty()) {
    if (text.front() != ',') throw bad_data("a cell goes on behind its closing quote");
    text.remove_prefix(1);
    cells_.push_back(take_cell(text));
  }
}

std::string_view CsvRecord::take_cell(std::string_view& text) {
  if (text.starts_with('"')) return take_quoted(text);
  const std::string_view cell = text.substr(0, text.find(','));
  if (cell.find('"') != std::string_view::npos)
    throw bad_data("a quote within a cell that has none around it");
  text.remove_prefix(cell.size());
  return cell;
}

std::string_view CsvRecord::take_quoted(std::string_view& text) {
  const size_t begin = unescaped_.size();
  do {
    text.remove_prefix(1);  // the opening quote, or the second of two, which stand for one
    const size_t quote = text.find('"');
    if (quote == std::string_view::npos) throw bad_data("a quoted cell is never closed");
    unescaped_ += text.substr(0, quote);
    text.remove_prefix(quote + 1);
    if (text.starts_with('"')) unescaped_ += '"';
  } while (text.starts_with('"'));
  return std::string_view(unescaped_).substr(begin);
}

EntryCsv::EntryCsv(EntrySplitter& splitter, const EntryFormat& format)
    : splitter_(splitter), columns_(format), row_(format), key_(format.shape.key_size) {}

bool EntryCsv::next(MutableBytes key, MutableBytes row) {
  line_ = 0;
  if (failure_) std::rethrow_exception(failure_);
  if (columns_.count() == 0 && !read_header()) return false;
  if (!ahead_ && !read_record()) return false;
  const uint64_t line = splitter_.line();
  std::copy(key_.begin(), key_.end(), key.begin());
  row_.start(row);
  do {
    take_value();
  } while (next_has(key));
  if (failure_ && !row_.has_all()) std::rethrow_exception(failure_);
  line_ = line;
  row_.finish();
  return true;
}

bool EntryCsv::read_header() {
  const auto text = splitter_.next();
  if (!text) return false;
  record_.parse(*text);
  columns_.read_header(record_.cells());
  return true;
}

bool EntryCsv::read_record() {
  const auto text = splitter_.next();
  if (!text) return false;
  record_.parse(*text);
  const size_t got = record_.cells().size();
  if (got != columns_.count()) {
    throw bad_data("expected {} cells, as the header has, got {}", columns_.count(), got);
  }
  columns_.read_key(record_.cells(), key_);
  return true;
}

bool EntryCsv::next_has(Bytes key) {
  try {
    ahead_ = read_record();
  } catch (const Error&) {
    failure_ = std::current_exception();
    return false;
  }
  return ahead_ && std::equal(key.begin(), key.end(), key_.begin());
}

void EntryCsv::take_value() {
  const uint32_t cpu = columns_.read_cpu(record_.cells());
  columns_.read_value(record_.cells(), CpuWord(cpu).value(), row_.value_of(cpu));
}

}  // namespace percpumap
