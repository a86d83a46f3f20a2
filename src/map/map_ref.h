// Which map is meant, and finding it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "backend/backend.h"
#include "base/error.h"

namespace percpumap {

// The user's MAP words: `id N`, `name NAME`, `pinned PATH`, `fd N`.
struct MapRef {
  enum class Kind { id, name, pin, fd };
  Kind kind = Kind::id;
  uint32_t number = 0;  // id, fd
  std::string text;     // name, path

  // "with id 7", "pinned at '/sys/fs/bpf/x'": what follows "map" in messages.
  std::string to_string() const;
};

// Opens the map that `ref` means, of whatever type. open_flags: 0 or kReadOnly.
// Throws Error: no_such_map, ambiguous (the message lists the ids), not_permitted with what is missing,
// bad_data for a pin that is not of a map.
std::unique_ptr<RawMap> open_map(Backend& backend, const MapRef& ref, uint32_t open_flags);

// The Error for `ec`, answered to BPF_MAP_GET_NEXT_ID: not_permitted, unsupported (ENOSYS) or system.
Error ids_refused(Backend& backend, std::error_code ec);

// Every map's id, ascending, to `visit`. Throws ids_refused().
template <typename Visit>
void for_each_id(Backend& backend, Visit visit) {
  for (uint32_t id = 0;;) {
    const std::error_code ec = backend.next_id(id, id);
    if (ec == std::errc::no_such_file_or_directory) return;
    if (ec) throw ids_refused(backend, ec);
    visit(id);
  }
}

}  // namespace percpumap
