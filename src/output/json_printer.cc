#include "output/json_rows.h"
#include "output/printers.h"

namespace percpumap {
namespace {

JsonCell cell_of(const Layout& layout, bool u64_strings) {
  const bool is_string = !layout.is_number() || (u64_strings && layout.size() == 8);
  const std::string_view quote = is_string ? "\"" : "";
  return {compact_formatter(layout), format_width(layout), quote, quote};
}

JsonRows::Form form_of(const Table& table, JsonWriter::Style style, bool lines) {
  const auto cpus = table.shape.cpus.ids();
  return {.style = style,
          .in_array = !lines,
          .lines = lines,
          .key = cell_of(table.key, table.u64_strings),
          .value = cell_of(table.value, table.u64_strings),
          .aggregate = cell_of(table.aggregate_layout, table.u64_strings),
          .cpus = {cpus.begin(), cpus.end()}};
}

class JsonPrinter final : public Printer {
 public:
  // `lines`: one object a line instead of an array.
  JsonPrinter(const Table& table, JsonWriter::Style style, bool lines)
      : rows_(table, form_of(table, style, lines)),
        lines_(lines),
        pretty_(style == JsonWriter::Style::pretty) {}

  void begin(const Batch&, Text& out) override { out.write(lines_ ? "" : "["); }
  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override {
    rows_.write(batch, from, to, out);
  }
  std::string_view separator() const override { return lines_ ? "" : ","; }
  void end(const Summary& summary, Text& out) override {
    if (lines_) return;
    out.write(pretty_ && summary.rows > 0 ? "\n]\n" : "]\n");
  }

 private:
  JsonRows rows_;
  bool lines_;
  bool pretty_;
};

}  // namespace

std::unique_ptr<Printer> make_json_printer(const Table& table, JsonWriter::Style style) {
  return std::make_unique<JsonPrinter>(table, style, table.single);
}

std::unique_ptr<Printer> make_ndjson_printer(const Table& table) {
  return std::make_unique<JsonPrinter>(table, JsonWriter::Style::compact, true);
}

}  // namespace percpumap
