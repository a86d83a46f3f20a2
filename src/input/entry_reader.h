// Entries from text, as `dump` writes them: the way back in.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "map/batch.h"
#include "types/layout.h"
#include "types/parse.h"

namespace percpumap {

enum class ImportFormat { ndjson, json };
std::optional<ImportFormat> import_format_by_name(std::string_view name);

struct EntryFormat {
  Layout key = Layout::bytes(0);
  Layout value = Layout::bytes(0);
  WideNumbers wide = WideNumbers::numbers;
  Shape shape;                         // shape.cpus: every possible CPU of the machine that imports
  bool missing_cpu_zero = false;       // a CPU not named by an entry gets zeroes; otherwise an error
  std::optional<ImportFormat> format;  // none: by the first byte, '[' json, else ndjson
};

// Reads from a descriptor (which stays the caller's) in large blocks; memory does not grow with the input.
class EntryReader {
 public:
  EntryReader(int fd, EntryFormat format);
  ~EntryReader();

  // Fills `batch` with up to `limit` entries; false when there were none left. Padding and, under
  // missing_cpu_zero, missing CPUs are zero. Throws Error (bad_data) whose message starts with
  // "line N: " (the line on which the entry starts, from 1); the entries before it are in `batch`, and a
  // second call is not allowed. A CPU that shape.cpus lacks is such an error.
  // Throws Error (system) when reading fails, Error (interrupted) when a signal handler ends a read (one that
  // was installed with SA_RESTART does not).
  bool next(Batch& batch, size_t limit);

  // The line on which entry `i` of the latest batch started.
  uint64_t line(size_t i) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace percpumap
