// Printing and typing back.
#pragma once

#include <string>

#include "base/bytes.h"
#include "types/layout.h"

namespace percpumap::test {

// What ValueWriter makes of the value has to read back as the same bytes exactly where Survival says so; in
// every form it has to keep to the width that it announces. Empty if all that is true, else what is not.
std::string round_trip_fault(const Layout& layout, Bytes value);

}  // namespace percpumap::test
