#include "types/declare.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "types/btf_writer.h"
#include "types/declaration.h"

namespace percpumap {
namespace {

void add(LayoutBuilder& builder, const Declaration& type) {
  if (!type.field.has_children()) return builder.add(type.field);
  builder.begin(type.field);
  for (const Declaration& child : type.children) add(builder, child);
  builder.end();
}

Layout layout_of(const Declaration& type, std::string_view what) {
  try {
    LayoutBuilder builder;
    add(builder, type);
    return builder.finish();
  } catch (const Error& error) {
    throw Error(Problem::bad_data, fmt::format("{}: {}", what, error.what()));
  }
}

bool is_hex_alone(std::string_view declaration) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  declaration.remove_prefix(std::min(declaration.find_first_not_of(kSpace), declaration.size()));
  return declaration.substr(0, declaration.find_last_not_of(kSpace) + 1) == "hex";
}

}  // namespace

Layout declare_layout(std::string_view declaration, std::string_view what) {
  return layout_of(parse_declaration(declaration, what), what);
}

Layout declare_layout(std::string_view declaration, size_t size, std::string_view what) {
  if (is_hex_alone(declaration)) return Layout::bytes(size);
  Layout layout = declare_layout(declaration, what);
  if (layout.size() != size) {
    throw Error(Problem::bad_data,
                fmt::format("{0}: type {1} has {2} byte{3}, but the map's {0} has {4}", what,
                            shown(declaration), layout.size(), layout.size() == 1 ? "" : "s", size));
  }
  return layout;
}

DeclaredBtf declare_btf(std::string_view key, std::string_view value) {
  const Declaration types[] = {parse_declaration(key, "key"), parse_declaration(value, "value")};
  layout_of(types[0], "key");
  layout_of(types[1], "value");
  BtfWriter writer;
  DeclaredBtf made;
  made.key_type_id = writer.add(types[0]);
  made.value_type_id = writer.add(types[1]);
  made.blob = writer.blob();
  return made;
}

}  // namespace percpumap
