#include <bpf/btf.h>

#include <cstdlib>
#include <iostream>

#include "base/error.h"
#include "fuzz/round_trip.h"
#include "fuzz/targets.h"
#include "types/btf.h"
#include "types/btf_dump.h"

namespace percpumap::test {
namespace {

constexpr size_t kMostFieldsTried = 500;  // of one text, so that a run stays short
constexpr size_t kLargestTried = 4096;    // bytes

// `size` bytes of `text`, again and again.
std::vector<std::byte> bytes_of(std::string_view text, size_t size) {
  std::vector<std::byte> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(text[i % text.size()]);
  return bytes;
}

// As bpftool writes it, which walks the BTF itself.
void try_dump(const Btf& btf, uint32_t id, Bytes value) try {
  const BtfDump dump(btf, id, value.size());
  for (const auto style : {BpftoolText::Style::json, BpftoolText::Style::plain}) {
    std::string written;
    BpftoolText out(written, style);
    dump.write(value, out);
  }
} catch (const Error& error) {
  if (error.problem() != Problem::bad_data) abort();
}

// Fields with every element; 0 for what is no layout.
size_t try_type(const Btf& btf, uint32_t id, std::string_view text) try {
  const Layout layout = btf.layout(id);
  size_t fields = layout.fields().size();
  for_each_leaf(layout, 0, 0, [&fields](const Field&, size_t) { ++fields; });
  if (fields > kMostFieldsTried || layout.size() > kLargestTried) return fields;
  const auto value = bytes_of(text, layout.size());
  try_dump(btf, id, value);
  const std::string fault = round_trip_fault(layout, value);
  if (fault.empty()) return fields;
  std::cerr << fault << "\n";
  abort();
} catch (const Error& error) {
  if (error.problem() != Problem::bad_data) abort();
  return 0;
}

}  // namespace

void fuzz_btf(std::string_view text) {
  try {
    const Btf btf(std::as_bytes(std::span(text)));
    size_t fields = 0;
    for (uint32_t id = 0; id < btf__type_cnt(btf.get()) && fields < kMostFieldsTried; ++id) {
      fields += try_type(btf, id, text);
    }
  } catch (const Error& error) {
    if (error.problem() != Problem::bad_data) abort();
  }
}

}  // namespace percpumap::test
