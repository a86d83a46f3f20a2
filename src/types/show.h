// How fields are shown, where that is not what their type says (--show).
#pragma once

#include <string_view>
#include <vector>

#include "types/layout.h"

namespace percpumap {

// The layout with one field shown otherwise: `path` as in find_field(), `view` one of
//   ipv4, ipv6, mac, comm   an integer or bytes of 4, 6, 16 bytes, or up to any size for comm
//   ifname                  4 bytes: the name of the network interface with that index, as it is called now
//   dec                     whatever has 1, 2, 4 or 8 bytes as a number
//   hex, ns                 tables only: a number in hexadecimal, nanoseconds with their unit
// An array is shown so element by element, unless the array as a whole fits the view. Throws Error (bad_data)
// for an unknown view, and for one that the field has not the size for; `what` as in find_field().
Layout show_field(const Layout& layout, std::string_view path, std::string_view view, std::string_view what);

// The names of all views.
std::vector<std::string_view> view_names();

}  // namespace percpumap
