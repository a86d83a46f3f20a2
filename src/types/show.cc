#include "types/show.h"

#include <fmt/format.h>
#include <net/if.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"

namespace percpumap {
namespace {

// A field as the view has it; nothing where the view is not for it.
using Shown = std::optional<Field>;

Field with_kind(const Field& field, Kind kind) {
  Field shown = field;
  shown.kind = kind;
  shown.count = 0;
  return shown;
}

// Addresses: whatever has their size, also as a whole (__u8[16], struct in6_addr).
template <Kind kind, uint32_t size>
Shown as_address(const Field& field) {
  if (field.size != size || field.bit_size != 0) return std::nullopt;
  Field shown = with_kind(field, kind);
  shown.is_signed = shown.big_endian = false;
  return shown;
}

Shown as_text(const Field& field) {
  if (field.bit_size != 0 || field.kind == Kind::structure || field.kind == Kind::one_of) return std::nullopt;
  if (field.kind == Kind::array && field.size != field.count) return std::nullopt;
  Field shown = with_kind(field, Kind::text);
  shown.is_signed = shown.big_endian = false;
  return shown;
}

Shown as_interface(const Field& field) {
  if (field.has_children() || field.bit_size != 0 || field.size != 4) return std::nullopt;
  Field shown = with_kind(field, Kind::enumeration);
  shown.is_signed = false;
  return shown;
}

Shown as_number(const Field& field) {
  if (field.kind == Kind::integer) return field;
  const bool has_size = field.size == 1 || field.size == 2 || field.size == 4 || field.size == 8;
  if (field.has_children() || !has_size) return std::nullopt;
  return with_kind(field, Kind::integer);
}

template <Display display>
Shown as_displayed(const Field& field) {
  if (field.kind != Kind::integer) return std::nullopt;
  Field shown = field;
  shown.display = display;
  return shown;
}

struct View {
  std::string_view name;
  Shown (*of)(const Field& field);
};

constexpr View kViews[] = {
    {"ipv4", as_address<Kind::ipv4, 4>},
    {"ipv6", as_address<Kind::ipv6, 16>},
    {"mac", as_address<Kind::mac, 6>},
    {"comm", as_text},
    {"ifname", as_interface},
    {"dec", as_number},
    {"hex", as_displayed<Display::hex>},
    {"ns", as_displayed<Display::duration>},
};

const View& find_view(std::string_view name) {
  const auto* const at = std::find_if(std::begin(kViews), std::end(kViews),
                                      [name](const View& view) { return view.name == name; });
  if (at != std::end(kViews)) return *at;
  throw Error(Problem::bad_data, fmt::format("cannot show a field as {}", shown(name)))
      .advise("ways to show one are ipv4, ipv6, mac, comm, ifname, dec, hex and ns");
}

// As they are called now.
std::vector<Enumerator> interfaces() {
  const std::unique_ptr<struct if_nameindex, decltype(&if_freenameindex)> list(if_nameindex(),
                                                                               if_freenameindex);
  std::vector<Enumerator> names;
  if (!list) return names;
  for (const auto* at = list.get(); at->if_index != 0; ++at)
    names.push_back({valid_utf8(at->if_name), at->if_index});
  return names;
}

// Copies the field `index`; where it or what it holds is `replaced`, `leaf` takes its place.
void copy(const Layout& layout, size_t index, size_t replaced, const Field& leaf, LayoutBuilder& builder) {
  const Field& field = layout[index];
  if (index == replaced) return builder.add(leaf);
  if (!field.has_children()) return builder.add(field);
  builder.begin(field);
  for (size_t child = index + 1; child < field.end; child = layout[child].end) {
    copy(layout, child, replaced, leaf, builder);
  }
  builder.end();
}

Layout with_leaf(const Layout& layout, size_t replaced, Field leaf) {
  LayoutBuilder builder(layout);
  if (leaf.kind == Kind::enumeration) leaf.choices = builder.choices(interfaces());
  copy(layout, 0, replaced, leaf, builder);
  return builder.finish();
}

// "key", "key.saddr", "value[3]".
std::string place(std::string_view what, std::string_view path) {
  const bool needs_dot = !path.empty() && path.front() != '.' && path.front() != '[';
  return fmt::format("{}{}{}", what, needs_dot ? "." : "", shown(path));
}

}  // namespace

Layout show_field(const Layout& layout, std::string_view path, std::string_view view, std::string_view what) {
  const View& wanted = find_view(view);
  size_t index = find_field(layout, path, what).index;
  while (true) {
    if (const Shown shown = wanted.of(layout[index])) return with_leaf(layout, index, *shown);
    if (layout[index].kind != Kind::array) break;
    ++index;  // its element
  }
  throw Error(Problem::bad_data, fmt::format("{} ({}) cannot be shown as {}", place(what, path),
                                             shown(layout.name(index)), view))
      .advise(
          "ipv4 and ifname need 4 bytes, mac 6, ipv6 16, dec 1, 2, 4 or 8; comm needs bytes, hex and ns a "
          "number");
}

std::vector<std::string_view> view_names() {
  std::vector<std::string_view> names;
  for (const View& view : kViews) names.push_back(view.name);
  return names;
}

}  // namespace percpumap
