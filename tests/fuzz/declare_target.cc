#include <cstdlib>
#include <iostream>
#include <optional>

#include "base/error.h"
#include "fuzz/round_trip.h"
#include "fuzz/targets.h"
#include "types/btf.h"
#include "types/declare.h"

namespace percpumap::test {
namespace {

constexpr size_t kLargestTried = 4096;  // bytes

std::optional<Layout> declared(std::string_view text) {
  try {
    return declare_layout(text, "key");
  } catch (const Error& error) {
    if (error.problem() != Problem::bad_data) abort();
    return std::nullopt;
  }
}

}  // namespace

void fuzz_declare(std::string_view text) {
  const auto layout = declared(text);
  if (!layout) return;
  const DeclaredBtf made = declare_btf(text, "u64");
  if (Btf(made.blob).layout(made.key_type_id) != *layout) abort();
  if (layout->size() > kLargestTried) return;
  std::vector<std::byte> value(layout->size());
  for (size_t i = 0; i < value.size(); ++i) value[i] = static_cast<std::byte>(text[i % text.size()]);
  const std::string fault = round_trip_fault(*layout, value);
  if (fault.empty()) return;
  std::cerr << fault << "\n";
  abort();
}

}  // namespace percpumap::test
