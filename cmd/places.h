// What may stand at each place of a command line.
#pragma once

#include "cmd/cursor.h"
#include "cmd/offers.h"

namespace percpumap {

// What the program itself knows.
void offer_known(const Cursor& cursor, Offers& offers);

// What only the backend knows: whether there can be any such thing, and what there is. Throws Error where
// that cannot be told.
bool has_live_offers(const Cursor& cursor);
void offer_live(const Cursor& cursor, Offers& offers);

}  // namespace percpumap
