// pin and unpin.
#include <algorithm>

#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "cmd/pins.h"

namespace percpumap {

int run_pin(Session& session, Words& words) {
  const MapRef ref = words.map();
  const std::string path = words.next("PATH");
  words.end();
  Map map = session.open_to_read(ref);
  map.pin(session.backend(), path);
  session.print_change({{"pinned", uint64_t{1}}});
  return 0;
}

int run_unpin(Session& session, Words& words) {
  const std::string path = words.next("PATH");
  words.end();
  Backend& backend = session.backend();
  MapInfo info;
  const auto map = open_map(backend, {MapRef::Kind::pin, 0, path}, kReadOnly);
  if (const auto ec = map->info(info)) {
    throw Error(Problem::system, "cannot tell which map '" + path + "' pins: " + errno_text(ec.value()))
        .because(ec);
  }
  const std::string label = "id " + std::to_string(info.id);
  if (session.options().dry_run) {
    session.announce("unpinning " + path + ", a pin of", label);
    return 0;
  }
  if (const auto ec = backend.unpin(path)) {
    throw Error(ec.value() == EPERM ? Problem::cannot_create : Problem::not_permitted,
                "cannot remove the pin '" + path + "': " + errno_text(ec.value()))
        .because(ec)
        .in("unpin")
        .of(label);
  }
  const bool last = pins_of(backend, info.id).empty();
  if (last)
    note("that was the last pin of map " + label +
         " that can be seen: it is gone unless something holds it open");
  session.print_change({{"unpinned", uint64_t{1}}, {"last", last}});
  return 0;
}

}  // namespace percpumap
