// One entry's JSON to its bytes.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "input/entry_reader.h"

namespace percpumap {

// `text`: {"key":K,"values":[{"cpu":N,"value":V},…]} in the forms of format.key and format.value. Of other
// members only "raw" counts: {"key":HEX,"values":[HEX,…]}, in the order of "values"; it is preferred.
// Fills `key` and `row` (shape.key_size and shape.row_size() bytes), padding zero.
// Throws Error (bad_data): not JSON, a member that is missing, doubled or of the wrong form, a CPU that is
// doubled, that shape.cpus lacks or (unless missing_cpu_zero) that the entry lacks.
void parse_entry(std::string_view text, const EntryFormat& format, MutableBytes key, MutableBytes row);

}  // namespace percpumap
