#include <charconv>

#include "output/printers.h"

namespace percpumap {
namespace {

// bpftool's lines of bytes: sixteen, with a wider gap in the middle. A value that needs more than one line
// starts on a line of its own.
constexpr size_t kLine = 16;
constexpr size_t kHalf = 8;

// "value (CPU 00):" with room for ten digits.
constexpr size_t kTitleWidth = 32;
// Two digits and at most two characters before them.
constexpr size_t kByteWidth = 4;

std::string_view gap_before(size_t i) {
  if (i == 0) return "";
  if (i % kLine == 0) return "\n";
  return i % kHalf == 0 ? "  " : " ";
}

char* put_bytes(char* out, Bytes bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    out = put(out, gap_before(i));
    out = write_hex(out, bytes.subspan(i, 1));
  }
  *out++ = '\n';
  return out;
}

// `bpftool map dump` (7.1) of a map without BTF. It counts CPUs, whatever their ids.
class BpftoolPrinter final : public Printer {
 public:
  explicit BpftoolPrinter(Sink& sink) : sink_(sink) {}

  void begin(const Table& table) override { table_ = table; }
  void rows(const Batch& batch) override;
  void end(const Summary& summary) override;

 private:
  void write_key(Bytes key);
  void write_value(size_t ordinal, Bytes value);

  Sink& sink_;
  Table table_;
};

void BpftoolPrinter::rows(const Batch& batch) {
  const Shape& shape = table_.shape;
  for (size_t i = 0; i < batch.count; ++i) {
    write_key(batch.key(shape, i));
    for (size_t slot = 0; slot < shape.cpus.size(); ++slot) write_value(slot, batch.value(shape, i, slot));
  }
}

void BpftoolPrinter::write_key(Bytes key) {
  char* out = sink_.room(kTitleWidth + key.size() * kByteWidth);
  sink_.wrote(put_bytes(put(out, "key:\n"), key));
}

void BpftoolPrinter::write_value(size_t ordinal, Bytes value) {
  char* out = put(sink_.room(kTitleWidth + value.size() * kByteWidth), "value (CPU ");
  if (ordinal < 10) *out++ = '0';
  out = std::to_chars(out, out + 10, ordinal).ptr;
  out = put(out, value.size() > kLine ? "):\n" : "): ");
  sink_.wrote(put_bytes(out, value));
}

void BpftoolPrinter::end(const Summary& summary) {
  if (table_.single) return;
  sink_.write("Found " + std::to_string(summary.rows) + (summary.rows == 1 ? " element\n" : " elements\n"));
}

}  // namespace

std::unique_ptr<Printer> make_bpftool_printer(Sink& sink) {
  return std::make_unique<BpftoolPrinter>(sink);
}

}  // namespace percpumap
