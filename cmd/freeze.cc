#include "cmd/commands.h"

namespace percpumap {

int run_freeze(Session& session, Words& words) {
  const MapRef ref = words.map();
  words.end();
  Map map = session.open_to_write(ref);
  if (session.announce("freezing", map.label())) return 0;
  map.freeze();
  session.print_change({{"frozen", uint64_t{1}}});
  return 0;
}

}  // namespace percpumap
