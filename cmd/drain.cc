#include "cmd/drain.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "cmd/log.h"

namespace percpumap {
namespace {

void rescue(const Table& table, const Batch& entries) {
  Table raw = table;
  raw.key = Layout::bytes(table.shape.key_size);
  raw.value = Layout::bytes(table.shape.value_size);
  raw.aggregate.clear();
  Sink sink(STDERR_FILENO);
  const auto printer = make_printer(Format::ndjson, raw);
  Document document(*printer, sink);
  document.rows(entries);
  document.end(true);
}

// Entry `i` of `batch` alone.
Batch single(const Shape& shape, const Batch& batch, size_t i) {
  Batch one;
  const Bytes key = batch.key(shape, i);
  const Bytes row = batch.row(shape, i);
  one.keys.assign(key.begin(), key.end());
  one.rows.assign(row.begin(), row.end());
  one.count = 1;
  return one;
}

void put_back(Map& map, const Table& table, const Batch& batch) {
  size_t returned = 0;
  for (size_t i = 0; i < batch.count; ++i) {
    try {
      map.update(batch.key(table.shape, i), batch.row(table.shape, i), kNoExist);
      ++returned;
    } catch (const Error& error) {
      note(fmt::format("an entry could not be put back ({}); here it is, as import reads it:", error.what()));
      rescue(table, single(table.shape, batch, i));
    }
  }
  note(fmt::format("{} entries that were taken and could not be written are back in map {}", returned,
                   map.label()));
}

}  // namespace

void print_taken(Map& map, Document& document, Sink& sink, const Table& table, const Batch& batch) {
  try {
    document.begin(batch);
    document.rows(batch);
    sink.flush();
  } catch (const Error&) {
    put_back(map, table, batch);
    throw;
  }
}

}  // namespace percpumap
