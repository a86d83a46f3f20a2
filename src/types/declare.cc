#include "types/declare.h"

#include <fmt/format.h>

#include <optional>

#include "base/error.h"

namespace percpumap {
namespace {

std::optional<Layout> integer_by_name(std::string_view name) {
  for (const size_t size : {1, 2, 4, 8}) {
    for (const bool is_signed : {false, true}) {
      const Layout layout = Layout::integer(size, is_signed);
      if (layout.name() == name) return layout;
    }
  }
  return std::nullopt;
}

}  // namespace

Layout declare_layout(std::string_view declaration, std::string_view what) {
  const auto layout = integer_by_name(declaration);
  if (!layout) {
    throw Error(Problem::bad_data, fmt::format("{}: unknown type {}", what, declaration))
        .advise("types are u8, u16, u32, u64, i8, i16, i32, i64 and hex (bytes)");
  }
  return *layout;
}

Layout declare_layout(std::string_view declaration, size_t size, std::string_view what) {
  if (declaration == "hex") return Layout::bytes(size);
  const Layout layout = declare_layout(declaration, what);
  if (layout.size() != size) {
    throw Error(Problem::bad_data,
                fmt::format("{0}: type {1} has {2} byte{3}, but the map's {0} has {4}", what, declaration,
                            layout.size(), layout.size() == 1 ? "" : "s", size));
  }
  return layout;
}

}  // namespace percpumap
