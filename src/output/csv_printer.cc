#include <string>
#include <vector>

#include "output/printers.h"
#include "types/format.h"

namespace percpumap {
namespace {

// RFC 4180, long form: a line for each entry and CPU. No cell needs quotes: digits, signs and the names of
// columns.
class CsvPrinter final : public Printer {
 public:
  explicit CsvPrinter(const Table& table);

  void begin(const Batch& first, Text& out) override;
  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override;
  void end(const Summary&, Text&) override {}

 private:
  char* put_aggregate(char* out, const Batch& batch, size_t i) const;
  char* put_entry(char* out, const Batch& batch, size_t i) const;

  Table table_;
  ValueWriter key_, value_, aggregate_;
  std::vector<Literal> cpu_cells_;  // ",0,", by slot
  size_t width_ = 0;                // no entry is longer
};

CsvPrinter::CsvPrinter(const Table& table)
    : table_(table),
      key_(table.key, {.form = Notation::Form::bare}),
      value_(table.value, {.form = Notation::Form::bare}),
      aggregate_(table.aggregate_layout, {.form = Notation::Form::bare}) {
  const size_t key = key_.width();
  const size_t aggregate = 1 + aggregate_.width();
  width_ = key + aggregate + 2 + ValueWriter::kSlack;
  if (!table.per_cpu) return;
  for (const uint32_t cpu : table.shape.cpus.ids()) {
    cpu_cells_.emplace_back("," + std::to_string(cpu) + ",");
    width_ += key + cpu_cells_.back().size() + value_.width() + aggregate + 2;
  }
}

void CsvPrinter::begin(const Batch&, Text& out) {
  out.write("key");
  if (table_.per_cpu) out.write(",cpu,value");
  if (!table_.aggregate.empty()) out.write("," + table_.aggregate);
  out.write("\r\n");
}

void CsvPrinter::rows(const Batch& batch, size_t from, size_t to, Text& out) const {
  for (size_t i = from; i < to; ++i) out.wrote(put_entry(out.room(width_), batch, i));
}

char* CsvPrinter::put_aggregate(char* out, const Batch& batch, size_t i) const {
  if (table_.aggregate.empty()) return out;
  *out++ = ',';
  return aggregate_.write(out, batch.aggregate(table_.shape, i));
}

char* CsvPrinter::put_entry(char* out, const Batch& batch, size_t i) const {
  const Shape& shape = table_.shape;
  const Bytes key = batch.key(shape, i);
  if (!table_.per_cpu) return put(put_aggregate(key_.write(out, key), batch, i), "\r\n");
  for (size_t slot = 0; slot < cpu_cells_.size(); ++slot) {
    out = value_.write(cpu_cells_[slot].put(key_.write(out, key)), batch.value(shape, i, slot));
    out = put(put_aggregate(out, batch, i), "\r\n");
  }
  return out;
}

}  // namespace

std::unique_ptr<Printer> make_csv_printer(const Table& table) {
  return std::make_unique<CsvPrinter>(table);
}

}  // namespace percpumap
