#include <cerrno>

#include "base/error.h"
#include "cmd/commands.h"
#include "types/format.h"
#include "types/parse.h"
#include "types/survival.h"

namespace percpumap {
namespace {

// The key as a dump writes it.
Item key_item(const Session& session, const std::string& name, const Layout& layout, Bytes key) {
  std::string text = format_value(layout, {.form = Notation::Form::text}, key);
  if (session.format() == Format::csv) {
    return {name, format_value(layout, {.form = Notation::Form::bare}, key), std::move(text)};
  }
  const Notation notation{
      .u64_strings = session.u64_strings(), .pretty = session.format() == Format::pretty, .depth = 1};
  return {name, Json{format_value(layout, notation, key)}, std::move(text)};
}

}  // namespace

int run_getnext(Session& session, Words& words) {
  const MapRef ref = words.map();
  const bool has_key = words.accept("key");
  const auto data = has_key ? words.data("key") : std::span<const std::string>();
  words.end();
  Map map = session.open_to_read(ref);
  const Layout& layout = session.key_layout(map);
  std::vector<std::byte> key(has_key ? map.shape().key_size : 0);
  if (has_key) parse_data(data, layout, "key", key, session.wide_numbers());
  std::vector<std::byte> next(map.shape().key_size);
  if (!map.next_key(key, next)) {
    throw Error(Problem::not_found, has_key ? "that is the last key" : "the map is empty")
        .because(errno_code(ENOENT))
        .in("getnext")
        .of(map.label());
  }
  const Survival survives(layout);
  Record record;
  Record raw;
  if (has_key) {
    record.push_back(key_item(session, "key", layout, key));
    raw.push_back({"key", to_hex(key)});
  }
  record.push_back(key_item(session, "next_key", layout, next));
  raw.push_back({"next_key", to_hex(next)});
  const bool certain = survives(next) && (!has_key || survives(key));
  if (!certain) record.push_back({.name = "raw", .value = std::move(raw), .hidden = true});
  session.print(record);
  return 0;
}

}  // namespace percpumap
