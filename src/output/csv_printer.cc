#include <charconv>

#include "output/printers.h"
#include "types/format.h"

namespace percpumap {
namespace {

// "," and up to ten digits of a CPU id.
constexpr size_t kCpuWidth = 11;

// RFC 4180. No cell needs quotes: digits, signs and the names of columns.
class CsvPrinter final : public Printer {
 public:
  explicit CsvPrinter(Sink& sink) : sink_(sink) {}

  void begin(const Table& table) override;
  void rows(const Batch& batch) override;
  void end(const Summary&) override {}

 private:
  void write_slots(const Batch& batch, size_t i, std::string_view key, std::string_view aggregate);

  Sink& sink_;
  Table table_;
  size_t line_width_ = 0;  // no line is longer
  std::string key_;        // room for one key
  std::string aggregate_;  // room for one aggregate and the comma before it
};

void CsvPrinter::begin(const Table& table) {
  table_ = table;
  key_.resize(format_width(table.key));
  aggregate_.resize(1 + format_width(table.aggregate_layout));
  line_width_ = key_.size() + kCpuWidth + 1 + format_width(table.value) + aggregate_.size() + 2;
  sink_.write("key");
  if (table.per_cpu) sink_.write(",cpu,value");
  if (!table.aggregate.empty()) sink_.write("," + table.aggregate);
  sink_.write("\r\n");
}

void CsvPrinter::rows(const Batch& batch) {
  for (size_t i = 0; i < batch.count; ++i) {
    const std::string_view key(key_.data(),
                               format_compact(key_.data(), table_.key, batch.key(table_.shape, i)));
    char* end = aggregate_.data();
    if (!table_.aggregate.empty()) {
      *end++ = ',';
      end = format_compact(end, table_.aggregate_layout, batch.aggregate(i));
    }
    const std::string_view aggregate(aggregate_.data(), end);
    if (table_.per_cpu) {
      write_slots(batch, i, key, aggregate);
    } else {
      sink_.wrote(put(put(put(sink_.room(line_width_), key), aggregate), "\r\n"));
    }
  }
}

void CsvPrinter::write_slots(const Batch& batch, size_t i, std::string_view key, std::string_view aggregate) {
  const auto cpus = table_.shape.cpus.ids();
  for (size_t slot = 0; slot < cpus.size(); ++slot) {
    char* out = put(sink_.room(line_width_), key);
    *out++ = ',';
    out = std::to_chars(out, out + kCpuWidth - 1, cpus[slot]).ptr;
    *out++ = ',';
    out = format_compact(out, table_.value, batch.value(table_.shape, i, slot));
    sink_.wrote(put(put(out, aggregate), "\r\n"));
  }
}

}  // namespace

std::unique_ptr<Printer> make_csv_printer(Sink& sink) {
  return std::make_unique<CsvPrinter>(sink);
}

}  // namespace percpumap
