#include <array>
#include <cstring>
#include <numeric>
#include <optional>

#include "output/bpftool_entries.h"
#include "output/json_rows.h"
#include "output/printers.h"

namespace percpumap {
namespace {

// `ab","0x`: a byte's two digits and what stands before the next one's.
constexpr size_t kByteWidth = 7;
constexpr std::array<std::array<char, 8>, 256> kByteTexts = [] {
  std::array<std::array<char, 8>, 256> texts{};
  constexpr std::string_view digits = "0123456789abcdef";
  for (size_t byte = 0; byte < 256; ++byte) {
    texts[byte] = {digits[byte >> 4], digits[byte & 15], '"', ',', '"', '0', 'x'};
  }
  return texts;
}();

// Eight characters in one store, of which the next byte overwrites the last.
char* write_bytes(char* out, const std::byte* at, const Leaf& leaf) {
  for (const std::byte byte : Bytes(at, leaf.field.size)) {
    std::memcpy(out, kByteTexts[std::to_integer<size_t>(byte)].data(), sizeof kByteTexts[0]);
    out += kByteWidth;
  }
  return out - (kByteWidth - 2);
}

ValueWriter writer_of(size_t size) {
  return {write_bytes, Layout::bytes(size).root(), kByteWidth * size + 1, "[\"0x", "\"]"};
}

JsonRows::Form form_of(const Table& table) {
  JsonRows::Form form{.in_array = !table.single, .lines = table.single, .open = table.btf.has_value()};
  form.key = writer_of(table.shape.key_size);
  form.value = writer_of(table.shape.value_size);
  form.cpus.resize(table.shape.cpus.size());
  std::iota(form.cpus.begin(), form.cpus.end(), 0);
  return form;
}

// `bpftool -j map dump` (7.1): bytes are arrays of strings; with BTF the entry is there once more, as it
// means. It counts CPUs, whatever their ids.
class BpftoolJsonPrinter final : public Printer {
 public:
  explicit BpftoolJsonPrinter(const Table& table) : rows_(table, form_of(table)), single_(table.single) {
    if (table.btf) entries_.emplace(table, BpftoolText::Style::json);
  }

  void begin(const Batch&, Text& out) override { out.write(single_ ? "" : "["); }
  void rows(const Batch& batch, size_t from, size_t to, Text& out) const override {
    if (!entries_) return rows_.write(batch, from, to, out);
    std::string formatted;
    for (size_t i = from; i < to; ++i) {
      rows_.write(batch, i, i + 1, out);
      formatted = ",\"formatted\":";
      entries_->write(batch, i, formatted);
      out.write(formatted);
      out.write(single_ ? "}\n" : "}");
    }
  }
  std::string_view separator() const override { return single_ ? "" : ","; }
  void end(const Summary&, Text& out) override { out.write(single_ ? "" : "]\n"); }

 private:
  JsonRows rows_;
  std::optional<BpftoolEntries> entries_;
  bool single_;
};

}  // namespace

std::unique_ptr<Printer> make_bpftool_json_printer(const Table& table) {
  return std::make_unique<BpftoolJsonPrinter>(table);
}

}  // namespace percpumap
