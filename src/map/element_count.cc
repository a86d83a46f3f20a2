#include "map/element_count.h"

#include <algorithm>

#include "map/scan.h"

namespace percpumap {
namespace {

std::optional<uint64_t> ask_kernel(Backend& backend, Map& map) {
  ProgramCall call{.program = Program::count};
  if (map.raw().run_program(backend.current_cpu(), call)) return std::nullopt;
  // The counters of the CPUs are added up one after the other: an element that comes on a CPU that was read
  // and goes on one that was not makes the sum of an empty map negative.
  return std::max(static_cast<int32_t>(call.results.front()), 0);
}

// What maps like this one take: one without entries and of one bucket, another bucket, an entry.
struct Memory {
  uint64_t empty;
  uint64_t bucket;
  uint64_t entry;  // 0: this kernel's memlock says nothing about entries
};

// Measured, not computed: the sizes depend on the kernel's configuration.
Memory memory_like(Backend& backend, const MapInfo& info) {
  MapSpec spec;
  spec.key_size = info.key_size;
  spec.value_size = info.value_size;
  spec.flags = kNoPrealloc;
  spec.max_entries = 1;
  Map one = Map::create(backend, spec);
  spec.max_entries = 2;
  Map two = Map::create(backend, spec);
  const uint64_t empty = one.usage().memlock;
  const std::vector<std::byte> key(info.key_size);
  const std::vector<std::byte> row(one.shape().row_size());
  one.update(key, row, kAny);
  return {empty, two.usage().memlock - empty, one.usage().memlock - empty};
}

std::optional<uint64_t> divide_memlock(Backend& backend, Map& map) {
  const MapInfo& info = map.info();
  if ((info.flags & kNoPrealloc) == 0) return std::nullopt;
  try {
    const Memory memory = memory_like(backend, info);
    const uint64_t fixed = memory.empty + (bucket_count(info.max_entries) - 1) * memory.bucket;
    const uint64_t all = map.usage().memlock;
    if (memory.entry == 0 || all < fixed || (all - fixed) % memory.entry != 0) return std::nullopt;
    return (all - fixed) / memory.entry;
  } catch (const Error&) {
    return std::nullopt;  // no right or no memory for such maps
  }
}

}  // namespace

std::string_view counted_by_name(CountedBy way) {
  switch (way) {
    case CountedBy::kernel: return "kernel";
    case CountedBy::memlock: return "memlock";
    case CountedBy::walk: return "walk";
  }
  return "";
}

std::optional<ElementCount> count_at_once(Backend& backend, Map& map) {
  if (const auto entries = ask_kernel(backend, map)) return ElementCount{*entries, CountedBy::kernel};
  if (const auto entries = divide_memlock(backend, map)) return ElementCount{*entries, CountedBy::memlock};
  return std::nullopt;
}

ElementCount count_elements(Backend& backend, Map& map) {
  if (const auto count = count_at_once(backend, map)) return *count;
  Scan scan(map, {});
  Batch batch;
  while (scan.next(batch)) {
  }
  return {scan.stats().rows, CountedBy::walk};
}

}  // namespace percpumap
