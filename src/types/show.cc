#include "types/show.h"

#include "base/error.h"

namespace percpumap {

Layout show_field(const Layout&, std::string_view, std::string_view, std::string_view) {
  throw Error(Problem::unsupported, "--show is not there yet");
}

}  // namespace percpumap
