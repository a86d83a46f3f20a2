#include <algorithm>

#include "output/printers.h"

namespace percpumap {
namespace {

// `"0x00",`
constexpr size_t kByteWidth = 7;

// `bpftool -j map dump` (7.1) of a map without BTF: bytes are arrays of strings. It counts CPUs, whatever
// their ids.
class BpftoolJsonPrinter final : public Printer {
 public:
  explicit BpftoolJsonPrinter(Sink& sink) : json_(sink, JsonWriter::Style::compact) {}

  void begin(const Table& table) override;
  void rows(const Batch& batch) override;
  void end(const Summary& summary) override;

 private:
  void write_entry(const Batch& batch, size_t i);
  void write_bytes(Bytes bytes);

  JsonWriter json_;
  Table table_;
  std::string text_;  // room for one key or value
};

void BpftoolJsonPrinter::begin(const Table& table) {
  table_ = table;
  text_.resize(2 + kByteWidth * std::max(table.shape.key_size, table.shape.value_size));
  if (!table.single) json_.begin_array();
}

void BpftoolJsonPrinter::rows(const Batch& batch) {
  for (size_t i = 0; i < batch.count; ++i) {
    write_entry(batch, i);
    if (table_.single) json_.newline();
  }
}

void BpftoolJsonPrinter::end(const Summary&) {
  if (table_.single) return;
  json_.end_array();
  json_.newline();
}

void BpftoolJsonPrinter::write_entry(const Batch& batch, size_t i) {
  const Shape& shape = table_.shape;
  json_.begin_object();
  json_.key("key");
  write_bytes(batch.key(shape, i));
  json_.key("values");
  json_.begin_array();
  for (size_t slot = 0; slot < shape.cpus.size(); ++slot) {
    json_.begin_object();
    json_.key("cpu");
    json_.number(uint64_t{slot});
    json_.key("value");
    write_bytes(batch.value(shape, i, slot));
    json_.end_object();
  }
  json_.end_array();
  json_.end_object();
}

// By hand, not by JsonWriter::string: a map has many bytes.
void BpftoolJsonPrinter::write_bytes(Bytes bytes) {
  char* out = text_.data();
  *out++ = '[';
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) *out++ = ',';
    out = std::copy_n("\"0x", 3, out);
    out = write_hex(out, bytes.subspan(i, 1));
    *out++ = '"';
  }
  *out++ = ']';
  json_.raw({text_.data(), out});
}

}  // namespace

std::unique_ptr<Printer> make_bpftool_json_printer(Sink& sink) {
  return std::make_unique<BpftoolJsonPrinter>(sink);
}

}  // namespace percpumap
