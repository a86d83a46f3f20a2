#include "output/json_rows.h"
#include "output/printers.h"

namespace percpumap {
namespace {

// Levels of an entry in its array or line, from which its members' values are nested.
size_t depth_of_members(bool lines) {
  return lines ? 1 : 2;
}

JsonRows::Form form_of(const Table& table, JsonWriter::Style style, bool lines) {
  const size_t depth = depth_of_members(lines);
  const auto writer = [&](const Layout& layout, size_t at) {
    return ValueWriter(
        layout,
        {.u64_strings = table.u64_strings, .pretty = style == JsonWriter::Style::pretty, .depth = at});
  };
  const auto cpus = table.shape.cpus.ids();
  return {.style = style,
          .in_array = !lines,
          .lines = lines,
          .key = writer(table.key, depth),
          .value = writer(table.value, depth + 2),
          .aggregate = writer(table.aggregate_layout, depth),
          .cpus = {cpus.begin(), cpus.end()},
          .raw = true};
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
