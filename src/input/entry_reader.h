// Entries from text, as `dump` writes them: the way back in.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "input/entry_format.h"
#include "map/batch.h"

namespace percpumap {

struct Entries {
  Batch batch;
  std::vector<uint64_t> lines;  // on which each of them started, from 1
};

// Reads in large blocks; memory does not grow with the input, and nothing is allocated per entry.
class EntryReader {
 public:
  // `fd` and `stop`: as InputText's.
  EntryReader(int fd, EntryFormat format, int stop = -1);
  ~EntryReader();

  // Fills `entries` with up to `limit` of them; false when there were none left. Padding and, under
  // missing_cpu_zero, missing CPUs are zero. Throws Error (bad_data) whose message starts with "line N: ";
  // the entries before it are in `entries`, and a second call is not allowed. Throws Error (system) when
  // reading fails, Error (interrupted) when `stop` ends it.
  bool next(Entries& entries, size_t limit);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace percpumap
