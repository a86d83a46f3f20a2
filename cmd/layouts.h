// What the keys and values of a map are, as far as anybody knows.
#pragma once

#include <memory>
#include <optional>

#include "backend/backend.h"
#include "cmd/options.h"
#include "map/map.h"
#include "types/btf.h"

namespace percpumap {

struct Layouts {
  Layout key = Layout::bytes(0);
  Layout value = Layout::bytes(0);
  std::optional<Btf> btf{};  // the map's, where it was needed and could be read
};

// A map's BTF object. Throws Error: not_permitted without CAP_SYS_ADMIN, bad_data for what is no BTF.
Btf read_btf(Backend& backend, uint32_t id);

// As --key-type and --value-type say, else as the map's BTF does, else opaque bytes; under --raw always
// these.
// --show changes how fields are shown. Where there is BTF that cannot be used, one line on stderr says why:
// the form of the output depends on it. Throws Error for types and fields that do not fit the map.
Layouts layouts_of(const Options& options, Backend& backend, const Map& map);

}  // namespace percpumap
