#include "cmd/layouts.h"

#include <fmt/format.h>

#include <cerrno>

#include "base/error.h"
#include "cmd/log.h"
#include "map/refusal.h"
#include "types/declare.h"
#include "types/show.h"

namespace percpumap {
namespace {

// The key or the value of a map.
struct Part {
  std::string_view what;
  std::string_view declared;
  uint32_t size;
  uint32_t type_id;  // 0: no BTF
};

std::optional<Btf> try_btf(Backend& backend, uint32_t id) {
  try {
    return read_btf(backend, id);
  } catch (const Error& error) {
    const std::string hint = error.hint.empty() ? "" : "; " + error.hint;
    note(fmt::format("bytes are shown, for {}{}", error.what(), hint));
    return std::nullopt;
  }
}

Layout layout_by_btf(const Btf& btf, const Part& part) {
  try {
    Layout layout = btf.layout(part.type_id);
    if (layout.size() == part.size) return layout;
    throw Error(Problem::bad_data, fmt::format("it has {} bytes", layout.size()));
  } catch (const Error& error) {
    note(fmt::format("the {}'s {} bytes are shown as they are, for its BTF type cannot be used: {}",
                     part.what, part.size, error.what()));
    return Layout::bytes(part.size);
  }
}

Layout layout_of(const Part& part, const std::optional<Btf>& btf) {
  if (!part.declared.empty()) return declare_layout(part.declared, part.size, part.what);
  return btf && part.type_id != 0 ? layout_by_btf(*btf, part) : Layout::bytes(part.size);
}

bool has_field(const Layout& layout, std::string_view path) {
  try {
    find_field(layout, path, "");
    return true;
  } catch (const Error&) {
    return false;
  }
}

// "saddr=ipv4", "key.saddr=ipv4", "value=ns".
void show(std::string_view item, Layouts& layouts) {
  const size_t equals = item.find('=');
  if (equals == std::string_view::npos) {
    throw Error(Problem::usage, fmt::format("--show {}: expected FIELD=VIEW", shown(item)))
        .advise("for example --show saddr=ipv4,value.lat=ns");
  }
  const std::string_view path = item.substr(0, equals);
  const std::string_view view = item.substr(equals + 1);
  const auto apply = [&](Layout& layout, std::string_view what, std::string_view field) {
    layout = show_field(layout, field, view, what);
  };
  for (const auto& [layout, what] : {std::pair{&layouts.key, "key"}, std::pair{&layouts.value, "value"}}) {
    const std::string_view prefix = what;
    if (path == prefix) return apply(*layout, what, "");
    if (path.starts_with(prefix) && path.substr(prefix.size()).find_first_of(".[") == 0) {
      return apply(*layout, what, path.substr(prefix.size()));
    }
  }
  const bool in_key = has_field(layouts.key, path);
  if (in_key && has_field(layouts.value, path)) {
    throw Error(Problem::bad_data, fmt::format("--show: key and value both have a field {}", shown(path)))
        .advise(fmt::format("write key.{0} or value.{0}", shown(path)));
  }
  if (in_key) return apply(layouts.key, "key", path);
  apply(layouts.value, "value", path);
}

}  // namespace

Btf read_btf(Backend& backend, uint32_t id) {
  std::vector<std::byte> blob;
  if (const auto ec = backend.btf(id, blob)) {
    const bool refused = ec == errno_code(EPERM);
    Error error(refused ? Problem::not_permitted : Problem::system,
                fmt::format("BTF id {} cannot be read: {}", id, errno_text(ec.value())));
    if (refused) error.hint = needed(backend, Right::sys_admin);
    throw std::move(error).because(ec);
  }
  try {
    return Btf(blob);
  } catch (const Error& error) {
    throw Error(Problem::bad_data, fmt::format("BTF id {} cannot be read: {}", id, error.what()));
  }
}

Layouts layouts_of(const Options& options, Backend& backend, const Map& map) {
  const MapInfo& info = map.info();
  const Part key{"key", options.key_type, info.key_size, info.btf_key_type_id};
  const Part value{"value", options.value_type, info.value_size, info.btf_value_type_id};
  if (options.raw) return {Layout::bytes(key.size), Layout::bytes(value.size)};
  Layouts layouts;
  const auto uses_btf = [](const Part& part) { return part.declared.empty() && part.type_id != 0; };
  if (uses_btf(key) || uses_btf(value)) layouts.btf = try_btf(backend, info.btf_id);
  layouts.key = layout_of(key, layouts.btf);
  layouts.value = layout_of(value, layouts.btf);
  for (std::string_view rest = options.show; !rest.empty();) {
    const size_t end = std::min(rest.find(','), rest.size());
    show(rest.substr(0, end), layouts);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return layouts;
}

}  // namespace percpumap
