// What has been taken out of a map and is not yet delivered goes back if the output fails.
#pragma once

#include "map/map.h"
#include "output/document.h"

namespace percpumap {

// Prints `batch`, which has just been taken out of `map`, and waits until write(2) has accepted it all. If
// that fails, the batch goes back into the map and the error is thrown, saying so. A key that came anew
// meanwhile keeps its new value; the entry that was taken is then written to stderr as a line that `import`
// reads.
void print_taken(Map& map, Document& document, Sink& sink, const Table& table, const Batch& batch);

}  // namespace percpumap
