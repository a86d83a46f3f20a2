#include <fmt/format.h>

#include <cerrno>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "types/parse.h"

namespace percpumap {

int run_delete(Session& session, Words& words) {
  const MapRef ref = words.map();
  std::vector<std::span<const std::string>> given;
  do {
    words.expect("key");
    given.push_back(words.data("key"));
  } while (!words.empty());
  Map map = session.open_to_write(ref);
  const size_t key_size = map.shape().key_size;
  const Layout& layout = session.key_layout(map);
  std::vector<std::byte> keys(given.size() * key_size);
  for (size_t i = 0; i < given.size(); ++i) {
    const MutableBytes key = MutableBytes(keys).subspan(i * key_size, key_size);
    parse_data(given[i], layout, "key", key, session.wide_numbers());
  }
  if (given.size() == 1) {
    if (!map.erase(keys)) throw map.failure(errno_code(ENOENT), "delete", keys);
    session.print_change({{"deleted", uint64_t{1}}});
    return 0;
  }
  const Erased erased = map.erase_all(keys);
  for (const std::string& key : erased.missing)
    note("delete in map " + map.label() + ": no such key (hex " + key + ")");
  if (!erased.missing.empty()) note(fmt::format("{} of {} keys deleted", erased.deleted, given.size()));
  session.print_change({{"deleted", erased.deleted}});
  return erased.missing.empty() ? 0 : exit_status(Problem::not_found);
}

}  // namespace percpumap
