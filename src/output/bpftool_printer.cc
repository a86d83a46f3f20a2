#include <algorithm>
#include <string>
#include <vector>

#include "output/bpftool_entries.h"
#include "output/printers.h"

namespace percpumap {
namespace {

// bpftool's lines of bytes: sixteen, with a wider gap in the middle. A value that needs more than one line
// starts on a line of its own.
constexpr size_t kLine = 16;
constexpr size_t kHalf = 8;

constexpr std::string_view kKeyTitle = "key:\n";
// Two digits and at most two characters behind them.
constexpr size_t kByteWidth = 4;

char* put_bytes(char* out, Bytes bytes) {
  for (size_t i = 0; i < bytes.size(); i += kHalf) {
    if (i > 0) out = put(out, i % kLine == 0 ? "\n" : "  ");
    out = write_hex_pairs(out, bytes.subspan(i, std::min(kHalf, bytes.size() - i)));
  }
  *out++ = '\n';
  return out;
}

// `bpftool map dump` (7.1) of a map without BTF. It counts CPUs, whatever their ids.
class BpftoolPrinter final : public Printer {
 public:
  explicit BpftoolPrinter(const Table& table);

  void begin(const Batch&, Text&) override {}
  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override;
  void end(const Summary& summary, Text& out) override;

 private:
  Table table_;
  std::vector<Literal> titles_;  // by slot
  size_t width_ = 0;             // no entry is longer
};

BpftoolPrinter::BpftoolPrinter(const Table& table) : table_(table) {
  const Shape& shape = table.shape;
  width_ = kKeyTitle.size() + shape.key_size * kByteWidth + Literal::kExcess;
  for (size_t slot = 0; slot < shape.cpus.size(); ++slot) {
    const std::string ordinal = (slot < 10 ? "0" : "") + std::to_string(slot);
    titles_.emplace_back("value (CPU " + ordinal + (shape.value_size > kLine ? "):\n" : "): "));
    width_ += titles_.back().size() + shape.value_size * kByteWidth;
  }
}

void BpftoolPrinter::rows(const Batch& batch, size_t from, size_t to, Text& text) const {
  const Shape& shape = table_.shape;
  for (size_t i = from; i < to; ++i) {
    char* out = put_bytes(put(text.room(width_), kKeyTitle), batch.key(shape, i));
    for (size_t slot = 0; slot < titles_.size(); ++slot) {
      out = put_bytes(titles_[slot].put(out), batch.value(shape, i, slot));
    }
    text.wrote(out);
  }
}

void BpftoolPrinter::end(const Summary& summary, Text& out) {
  if (table_.single) return;
  out.write("Found " + std::to_string(summary.rows) + (summary.rows == 1 ? " element\n" : " elements\n"));
}

// The same of a map with BTF: much like JSON.
class BpftoolBtfPrinter final : public Printer {
 public:
  explicit BpftoolBtfPrinter(const Table& table)
      : entries_(table, BpftoolText::Style::plain), single_(table.single) {}

  void begin(const Batch&, Text& out) override { out.write(single_ ? "" : "["); }
  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override {
    std::string entry;
    for (size_t i = from; i < to; ++i) {
      entry = separator();
      entries_.write(batch, i, entry, single_ ? 0 : 1);
      out.write(entry);
    }
  }
  std::string_view separator() const override { return single_ ? "" : ","; }
  void end(const Summary& summary, Text& out) override {
    if (single_) return out.write("\n");
    out.write(summary.rows == 0 ? "]\n" : "\n]\n");
  }

 private:
  BpftoolEntries entries_;
  bool single_;
};

}  // namespace

std::unique_ptr<Printer> make_bpftool_printer(const Table& table) {
  if (table.btf) return std::make_unique<BpftoolBtfPrinter>(table);
  return std::make_unique<BpftoolPrinter>(table);
}

}  // namespace percpumap
