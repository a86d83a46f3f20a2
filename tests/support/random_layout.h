// Types that nobody thought of.
#pragma once

#include <string>

#include "differential/dice.h"
#include "types/layout.h"

namespace percpumap::test {

// Of every kind, nested, with bit-fields, unaligned members, holes, lifted members and strange names;
// of at least one byte.
Layout random_layout(Dice& dice);

// A declaration that makes a layout.
std::string random_declaration(Dice& dice);

}  // namespace percpumap::test
