#include <string>
#include <vector>

#include "base/escape.h"
#include "output/csv.h"
#include "output/printers.h"
#include "types/format.h"
#include "types/survival.h"

namespace percpumap {
namespace {

// Kinds whose text may need quotes.
bool may_need_quotes(Kind kind) {
  return kind == Kind::text || kind == Kind::enumeration || kind == Kind::array;
}

// Keys, values or aggregates: a cell for each field, a comma behind each.
class CsvPart {
 public:
  explicit CsvPart(const Layout& layout);

  // No cells take more characters.
  size_t width() const { return width_; }
  // A name for each cell: `part`, or part.PATH.
  void add_names(std::string_view part, std::vector<std::string>& names) const;
  char* put(char* out, Bytes bytes) const;

 private:
  struct Cell {
    ValueWriter writer;
    bool quotes;
    std::string name;
  };

  std::vector<Cell> cells_;
  size_t width_ = ValueWriter::kSlack;
};

CsvPart::CsvPart(const Layout& layout) {
  for (const ColumnField& field : column_fields(layout)) {
    const ValueWriter writer(layout, {.form = Notation::Form::bare}, field.index, field.offset);
    cells_.push_back({writer, may_need_quotes(layout[field.index].kind), field.name});
    width_ += 2 * writer.width() + 3;
  }
}

void CsvPart::add_names(std::string_view part, std::vector<std::string>& names) const {
  for (const Cell& cell : cells_) {
    names.push_back(std::string(part) + (cell.name.empty() ? "" : "." + json_text(cell.name)));
  }
}

char* CsvPart::put(char* out, Bytes bytes) const {
  for (const Cell& cell : cells_) {
    char* end = cell.writer.write(out, bytes);
    out = cell.quotes ? quote_csv(out, end) : end;
    *out++ = ',';
  }
  return out;
}

// Bytes whose text would not be read back as the same.
class RawCell {
 public:
  explicit RawCell(const Layout& layout) : survival_(layout), size_(layout.size()) {}

  bool exists() const { return !survival_.is_certain(); }
  size_t width() const { return 2 * size_ + 1; }
  char* put(char* out, Bytes bytes) const {
    if (!exists()) return out;
    if (!survival_(bytes)) out = write_hex(out, bytes);
    *out++ = ',';
    return out;
  }

 private:
  Survival survival_;
  size_t size_;
};

// RFC 4180, long form: a line for each entry and CPU.
class CsvPrinter final : public Printer {
 public:
  explicit CsvPrinter(const Table& table);

  void begin(const Batch& first, Text& out) override;
  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override;
  void end(const Summary&, Text&) override {}

 private:
  char* put_entry(char* out, const Batch& batch, size_t i) const;

  Table table_;
  CsvPart key_, value_, aggregate_;
  RawCell raw_key_, raw_value_;
  std::vector<Literal> cpu_cells_;  // "0,", by slot
  size_t width_ = 0;                // no entry is longer
};

CsvPrinter::CsvPrinter(const Table& table)
    : table_(table),
      key_(table.key),
      value_(table.value),
      aggregate_(table.aggregate_layout),
      raw_key_(table.key),
      raw_value_(table.value) {
  const size_t line = key_.width() + aggregate_.width() + raw_key_.width() + 2;
  if (!table.per_cpu) width_ = line;
  for (const uint32_t cpu : table.shape.cpus.ids()) {
    if (!table.per_cpu) break;
    cpu_cells_.emplace_back(std::to_string(cpu) + ",");
    width_ += line + cpu_cells_.back().size() + value_.width() + raw_value_.width();
  }
}

void CsvPrinter::begin(const Batch&, Text& out) {
  std::vector<std::string> names;
  key_.add_names("key", names);
  if (table_.per_cpu) {
    names.emplace_back("cpu");
    value_.add_names("value", names);
  }
  if (!table_.aggregate.empty()) aggregate_.add_names(table_.aggregate, names);
  if (raw_key_.exists()) names.emplace_back("raw_key");
  if (table_.per_cpu && raw_value_.exists()) names.emplace_back("raw_value");
  for (size_t i = 0; i < names.size(); ++i) out.write((i == 0 ? "" : ",") + csv_cell(names[i]));
  out.write("\r\n");
}

void CsvPrinter::rows(const Batch& batch, size_t from, size_t to, Text& out) const {
  for (size_t i = from; i < to; ++i) out.wrote(put_entry(out.room(width_), batch, i));
}

char* CsvPrinter::put_entry(char* out, const Batch& batch, size_t i) const {
  const Bytes key = batch.key(table_.shape, i);
  for (size_t slot = 0; slot < (table_.per_cpu ? cpu_cells_.size() : 1); ++slot) {
    const Bytes value = table_.per_cpu ? batch.value(table_.shape, i, slot) : Bytes();
    out = key_.put(out, key);
    if (table_.per_cpu) out = value_.put(cpu_cells_[slot].put(out), value);
    if (!table_.aggregate.empty()) out = aggregate_.put(out, batch.aggregate(table_.shape, i));
    out = raw_key_.put(out, key);
    if (table_.per_cpu) out = raw_value_.put(out, value);
    out = put(out - 1, "\r\n");  // in the place of the last comma
  }
  return out;
}

}  // namespace

std::unique_ptr<Printer> make_csv_printer(const Table& table) {
  return std::make_unique<CsvPrinter>(table);
}

}  // namespace percpumap
