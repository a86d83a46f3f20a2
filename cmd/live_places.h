// What the backend has at the places of a command line: maps, pins, CPUs, keys, fields.
#pragma once

#include "cmd/live_line.h"
#include "cmd/offers.h"

namespace percpumap {

// Per-CPU hash maps: by id, by name, and both as a bare MAP (names that several maps have only behind
// `name`). Where ids are refused, MAP is a pinned path.
void offer_ids(LiveLine& line, Offers& offers);
void offer_names(LiveLine& line, Offers& offers);
void offer_maps(LiveLine& line, Offers& offers);
// Pins of such maps; where pins are made, the place for them. Of a simulated kernel no file is one.
void offer_pins(LiveLine& line, Offers& offers);
void offer_paths(LiveLine& line, Offers& offers);

// One CPU; a list of them, of which the last is under the cursor.
void offer_cpu(LiveLine& line, Offers& offers);
void offer_cpus(LiveLine& line, Offers& offers);

// At most 64 keys of the map, as a word that reads back as the same bytes; what else the map's types tell of
// a key or value.
void offer_data(LiveLine& line, Offers& offers);
// Behind `key hex`: keys as a run of digits.
void offer_hex_key(LiveLine& line, Offers& offers);

// Arguments of --field, --sort, --show and --filter.
void offer_number_fields(LiveLine& line, Offers& offers);
void offer_orders(LiveLine& line, Offers& offers);
void offer_views(LiveLine& line, Offers& offers);
void offer_filter_fields(LiveLine& line, Offers& offers);

}  // namespace percpumap
