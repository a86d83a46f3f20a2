#include <cerrno>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/fields.h"
#include "types/format.h"
#include "types/parse.h"
#include "types/scalar.h"

namespace percpumap {
namespace {

// A number where the key's type is known, else hexadecimal.
Item key_field(Session& session, const std::string& name, const Layout& layout, Bytes key) {
  if (layout.root().is_number()) {
    return integer_field(name, layout, load_integer(layout.root(), key.data()), session.u64_strings());
  }
  return {name, to_hex(key), format_value(layout, {.form = Notation::Form::text}, key)};
}

}  // namespace

int run_getnext(Session& session, Words& words) {
  const MapRef ref = words.map();
  const bool has_key = words.accept("key");
  const auto data = has_key ? words.data("key") : std::span<const std::string>();
  words.end();
  Map map = session.open_to_read(ref);
  const Layout layout = session.key_layout(map);
  std::vector<std::byte> key(has_key ? map.shape().key_size : 0);
  if (has_key) parse_data(data, layout, "key", key);
  std::vector<std::byte> next(map.shape().key_size);
  if (!map.next_key(key, next)) {
    throw Error(Problem::not_found, has_key ? "that is the last key" : "the map is empty")
        .because(errno_code(ENOENT))
        .in("getnext")
        .of(map.label());
  }
  Record record;
  if (has_key) record.push_back(key_field(session, "key", layout, key));
  record.push_back(key_field(session, "next_key", layout, next));
  session.print(record);
  return 0;
}

}  // namespace percpumap
