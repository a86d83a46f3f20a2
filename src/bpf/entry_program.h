// The program that is run once for each entry: one call of one helper.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "backend/program_call.h"
#include "bpf/code.h"

namespace percpumap {

// What a run of entries shares with its program, by descriptors of arrays: `control` has one element, the
// others an element for each entry.
struct EntryArrays {
  int control;
  int keys;
  int values;
  int results;
};

// The element of `control`.
struct Control {
  uint64_t next = 0;  // the entry that the next run is about; the program counts it up
  uint64_t cpu = 0;   // elsewhere the program does nothing
  uint64_t flags = 0;
  uint64_t slot_of = 0;
  uint64_t stop_at = 0;
  int64_t result = 0;  // for_each
  uint64_t ran = 0;    // for_each: 1 when it is through
};

struct EntryProgram {
  Program program = Program::lookup;
  bool of_slot = false;  // the pointer is that of Control::slot_of
  std::vector<AddedNumber> numbers{};
  bool by_interrupt = false;
  bool operator==(const EntryProgram&) const = default;
};

// How `exchange` takes what is there: kernels before 5.12 know no other atomic instruction than addition.
enum class Exchange { at_once, by_adding };

// The instructions for the map with descriptor `map` and values of `value_size` bytes. The entry's index is
// looked up in the arrays, which the kernel makes plain arithmetic of; the verifier then knows the sizes.
Code entry_code(const EntryProgram& what, int map, size_t value_size, const EntryArrays& arrays,
                Exchange exchange);

// Leaves the program where it was not started: r6 is Control's address behind it, and r0 is lost.
void check_cpu(Code& code, int control);

// One step of what is copied or exchanged: a value in its largest aligned words.
struct Word {
  size_t offset;
  size_t size;  // 8, 4, 2 or 1 bytes
};
std::vector<Word> words_of(size_t value_size);

}  // namespace percpumap
