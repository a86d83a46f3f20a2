#include <algorithm>

#include "output/printers.h"
#include "types/format.h"

namespace percpumap {
namespace {

class JsonPrinter final : public Printer {
 public:
  JsonPrinter(Sink& sink, JsonWriter::Style style, bool lines) : json_(sink, style), lines_(lines) {}

  void begin(const Table& table) override;
  void rows(const Batch& batch) override;
  void end(const Summary& summary) override;

 private:
  bool is_array() const { return !lines_ && !table_.single; }
  void write_entry(const Batch& batch, size_t i);
  void write_slots(const Batch& batch, size_t i);
  void write_value(const Layout& layout, Bytes bytes);

  JsonWriter json_;
  bool lines_;
  Table table_;
  std::string text_;  // room for one value
};

void JsonPrinter::begin(const Table& table) {
  table_ = table;
  const size_t width =
      std::max({format_width(table.key), format_width(table.value), format_width(table.aggregate_layout)});
  text_.resize(width + 2);
  if (is_array()) json_.begin_array();
}

void JsonPrinter::rows(const Batch& batch) {
  for (size_t i = 0; i < batch.count; ++i) {
    write_entry(batch, i);
    if (!is_array()) json_.newline();
  }
}

void JsonPrinter::end(const Summary&) {
  if (!is_array()) return;
  json_.end_array();
  json_.newline();
}

void JsonPrinter::write_entry(const Batch& batch, size_t i) {
  json_.begin_object();
  json_.key("key");
  write_value(table_.key, batch.key(table_.shape, i));
  if (table_.per_cpu) write_slots(batch, i);
  if (!table_.aggregate.empty()) {
    json_.key(table_.aggregate);
    write_value(table_.aggregate_layout, batch.aggregate(i));
  }
  json_.end_object();
}

void JsonPrinter::write_slots(const Batch& batch, size_t i) {
  const auto cpus = table_.shape.cpus.ids();
  json_.key("values");
  json_.begin_array();
  for (size_t slot = 0; slot < cpus.size(); ++slot) {
    json_.begin_object();
    json_.key("cpu");
    json_.number(uint64_t{cpus[slot]});
    json_.key("value");
    write_value(table_.value, batch.value(table_.shape, i, slot));
    json_.end_object();
  }
  json_.end_array();
}

void JsonPrinter::write_value(const Layout& layout, Bytes bytes) {
  const bool is_string = !layout.is_number() || (table_.u64_strings && layout.size() == 8);
  char* out = text_.data();
  if (is_string) *out++ = '"';
  out = format_compact(out, layout, bytes);
  if (is_string) *out++ = '"';
  json_.raw({text_.data(), out});
}

}  // namespace

std::unique_ptr<Printer> make_json_printer(Sink& sink, JsonWriter::Style style) {
  return std::make_unique<JsonPrinter>(sink, style, false);
}

std::unique_ptr<Printer> make_ndjson_printer(Sink& sink) {
  return std::make_unique<JsonPrinter>(sink, JsonWriter::Style::compact, true);
}

}  // namespace percpumap
