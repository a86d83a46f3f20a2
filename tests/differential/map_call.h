// One call of a RawMap as plain data, so that two maps can be asked the very same thing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backend/backend.h"

namespace percpumap::test {

using Buffer = std::vector<std::byte>;

enum class Command {
  lookup,
  update,
  erase,
  take,
  next_key,
  lookup_batch,
  take_batch,
  update_batch,
  erase_batch,
};

bool is_batch(Command command);
// lookup_batch and take_batch.
bool walks_buckets(Command command);

// Bytes behind the end of every buffer that no command may touch.
inline constexpr size_t kGuard = 8;

struct MapCall {
  Command command = Command::lookup;
  // No buffer is the null pointer. Each ends with kGuard bytes more than the command is told of. next_key
  // writes to `rows`.
  std::optional<Buffer> keys;
  std::optional<Buffer> rows;
  uint64_t flags = 0;

  // Batches only.
  uint64_t elem_flags = 0;
  uint32_t count = 0;
  std::optional<uint32_t> in;
  enum class Out { null, apart, same_as_in } out = Out::apart;
};

struct Answer {
  int code = 0;        // errno; 0 is success
  uint32_t count = 0;  // of a batch
  uint32_t cursor = 0;
  Buffer keys;  // all of the buffers, guard bytes and what was not delivered to included
  Buffer rows;
  std::string text;  // whatever else was said
  bool operator==(const Answer&) const = default;
};

Answer perform(const MapCall& call, RawMap& map);

// On one line, long buffers cut.
std::string describe(const MapCall& call);
// What two answers have different, a line for each thing.
std::string describe_difference(const Answer& one, const Answer& other);

}  // namespace percpumap::test
