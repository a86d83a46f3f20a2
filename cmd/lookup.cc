// lookup and pop: one entry, all CPUs.
#include <cerrno>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/view.h"
#include "types/parse.h"

namespace percpumap {
namespace {

// MAP key DATA, and nothing more.
struct Request {
  MapRef ref;
  std::span<const std::string> key;
};

Request read_request(Words& words) {
  const MapRef ref = words.map();
  words.expect("key");
  const auto key = words.data("key");
  words.end();
  return {ref, key};
}

std::vector<std::byte> key_bytes(Session& session, const Map& map, const Request& request) {
  std::vector<std::byte> key(map.shape().key_size);
  parse_data(request.key, session.key_layout(map), "key", key, session.wide_numbers());
  return key;
}

}  // namespace

int run_lookup(Session& session, Words& words) {
  const Request request = read_request(words);
  Map map = session.open_to_read_chosen(request.ref);
  const auto key = key_bytes(session, map, request);
  std::vector<std::byte> row(map.shape().row_size());
  if (!map.lookup(key, row)) throw map.failure(errno_code(ENOENT), "lookup", key);
  View(session, map).print_entry(key, row);
  return 0;
}

// What can be found wrong is found before the entry is taken, and it goes back if it cannot be printed.
int run_pop(Session& session, Words& words) {
  const Request request = read_request(words);
  Map map = session.open_to_write(request.ref);
  const auto key = key_bytes(session, map, request);
  const View view(session, map);
  std::vector<std::byte> row(map.shape().row_size());
  if (!map.take(key, row)) throw map.failure(errno_code(ENOENT), "pop", key);
  try {
    view.print_entry(key, row);
    session.sink().flush();
  } catch (const Error&) {
    map.update(key, row, kNoExist);
    throw;
  }
  return 0;
}

}  // namespace percpumap
