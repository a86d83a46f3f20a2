// One BPF program, and what it is to do with entries of a map.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace percpumap {

// The helper that the program calls, and what it does with a pointer (include/uapi/linux/bpf.h). It sees
// value_size bytes of a slot, never the padding.
enum class Program {
  // bpf_map_lookup_elem(), or bpf_map_lookup_percpu_elem() where `slot_of` is given: the result is 1 for a
  // pointer and 0 for NULL. Through the pointer it
  lookup,    // reads the value
  store,     // writes it
  add,       // adds to numbers of it; those of 4 and 8 bytes on their alignment by an atomic instruction
  exchange,  // writes it and reads what was there: aligned words of 8, at the end 4, bytes in one step each
  // Others.
  update,    // bpf_map_update_elem(): this CPU's slot; of a new element all others are zero (since 5.10)
  erase,     // bpf_map_delete_elem(): every CPU's
  for_each,  // bpf_for_each_map_elem(): the keys and this CPU's values (5.13)
  count,     // bpf_map_sum_elem_count(): the result is how many elements there are (6.6)
};

// A number of native byte order within a value, that `add` adds to; it wraps.
struct AddedNumber {
  uint32_t offset = 0;  // bytes
  uint32_t size = 0;    // 1, 2, 4 or 8 bytes
  bool operator==(const AddedNumber&) const = default;
};

// What RawMap::run_program() runs. Entries stand one behind the other: `count` keys of key_size bytes, and as
// many values of value_size bytes. for_each and count have none of them.
struct ProgramCall {
  Program program = Program::lookup;
  std::optional<uint64_t> slot_of{};  // lookup, store, add, exchange: whose slot, instead of this CPU's; the
                                      // kernel takes the lower 32 bits (5.19)
  size_t count = 1;
  Bytes keys{};
  Bytes values{};                          // store, add, exchange, update
  std::span<const AddedNumber> numbers{};  // add
  uint64_t flags = 0;                      // update, for_each
  uint64_t stop_at = 0;  // for_each: the callback stops at this element, counted from 1; 0: never
  // An inter-processor interrupt starts the program, which may then run in the middle of another one; without
  // it the calling thread goes to the CPU first.
  bool by_interrupt = false;

  // Out: the helper's results, in order, one for each entry that was done; one for for_each and count.
  std::vector<int64_t> results{};
  std::vector<std::byte> keys_read{};    // for_each: the keys visited, in order
  std::vector<std::byte> values_read{};  // a value for each result of lookup and exchange, zero without a
                                         // pointer; for each key of for_each
};

}  // namespace percpumap
