// lookup and pop: one entry, all CPUs.
#include <cerrno>

#include "base/error.h"
#include "cmd/commands.h"
#include "types/parse.h"

namespace percpumap {
namespace {

std::vector<std::byte> key_bytes(const Session& session, const Map& map, std::span<const std::string> data) {
  std::vector<std::byte> key(map.shape().key_size);
  parse_data(data, session.key_layout(map), "key", key);
  return key;
}

}  // namespace

int run_lookup(Session& session, Words& words) {
  const MapRef ref = words.map();
  words.expect("key");
  const auto data = words.data("key");
  words.end();
  Map map = session.open_to_read(ref);
  const auto key = key_bytes(session, map, data);
  std::vector<std::byte> row(map.shape().row_size());
  if (!map.lookup(key, row)) throw map.failure(errno_code(ENOENT), "lookup", key);
  session.print_entry(map, key, row);
  return 0;
}

// What can be found wrong is found before the entry is taken, and it goes back if it cannot be printed.
int run_pop(Session& session, Words& words) {
  const MapRef ref = words.map();
  words.expect("key");
  const auto data = words.data("key");
  words.end();
  Map map = session.open_to_write(ref);
  const auto key = key_bytes(session, map, data);
  session.table(map);
  std::vector<std::byte> row(map.shape().row_size());
  if (!map.take(key, row)) throw map.failure(errno_code(ENOENT), "pop", key);
  try {
    session.print_entry(map, key, row);
    session.sink().flush();
  } catch (const Error&) {
    map.update(key, row, kNoExist);
    throw;
  }
  return 0;
}

}  // namespace percpumap
