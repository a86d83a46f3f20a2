#include "cmd/live_line.h"

#include "base/error.h"

namespace percpumap {
namespace {

Options silent_options(const Cursor& cursor) {
  Options options = parse_options(cursor.line, cursor.command);
  options.quiet = true;
  return options;
}

}  // namespace

LiveLine::LiveLine(const Cursor& cursor)
    : cursor_(cursor), session_(silent_options(cursor), *cursor.command) {}

Map& LiveLine::map() {
  if (!map_) {
    const Command& command = *cursor_.command;
    if (command.synopsis.find("MAP") > 1) throw Error(Problem::usage, "no map is named here");
    const MapRef ref = Words(cursor_.line.words, command.name, command.synopsis).map();
    // Of the shell that runs the command later, which is another process.
    if (ref.kind == MapRef::Kind::fd) throw Error(Problem::usage, "that descriptor is not this process's");
    map_ = session_.open_to_read(ref);
  }
  return *map_;
}

}  // namespace percpumap
