#include <numeric>

#include "output/json_rows.h"
#include "output/printers.h"

namespace percpumap {
namespace {

// `"0x00",`
constexpr size_t kByteWidth = 7;

char* write_bytes(char* out, const Layout&, Bytes bytes) {
  *out++ = '[';
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) *out++ = ',';
    out = write_hex(put(out, "\"0x"), bytes.subspan(i, 1));
    *out++ = '"';
  }
  *out++ = ']';
  return out;
}

JsonRows::Form form_of(const Table& table) {
  JsonRows::Form form{.in_array = !table.single, .lines = table.single};
  form.key = {write_bytes, 2 + kByteWidth * table.shape.key_size};
  form.value = {write_bytes, 2 + kByteWidth * table.shape.value_size};
  form.cpus.resize(table.shape.cpus.size());
  std::iota(form.cpus.begin(), form.cpus.end(), 0);
  return form;
}

// `bpftool -j map dump` (7.1) of a map without BTF: bytes are arrays of strings. It counts CPUs, whatever
// their ids.
class BpftoolJsonPrinter final : public Printer {
 public:
  explicit BpftoolJsonPrinter(const Table& table) : rows_(table, form_of(table)), single_(table.single) {}

  void begin(const Batch&, Text& out) override { out.write(single_ ? "" : "["); }
  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override {
    for (size_t i = from; i < to; ++i) rows_.write(batch, i, out);
  }
  std::string_view separator() const override { return single_ ? "" : ","; }
  void end(const Summary&, Text& out) override { out.write(single_ ? "" : "]\n"); }

 private:
  JsonRows rows_;
  bool single_;
};

}  // namespace

std::unique_ptr<Printer> make_bpftool_json_printer(const Table& table) {
  return std::make_unique<BpftoolJsonPrinter>(table);
}

}  // namespace percpumap
