// RawMap::run_program() on the real kernel.
#pragma once

#include <deque>
#include <system_error>

#include "backend/program_call.h"
#include "base/map_info.h"
#include "bpf/cpu_binding.h"
#include "bpf/entry_program.h"
#include "bpf/loader.h"
#include "bpf/mapped_array.h"

namespace percpumap {

// Loads programs when they are first asked for and keeps them. When it goes, nothing of it is left in the
// kernel, and the thread may run where it could before.
class ProgramRunner {
 public:
  // For the map with descriptor `map`, which stays the caller's.
  ProgramRunner(int map, const MapInfo& info) : map_(map), info_(info) {}

  // As RawMap::run_program(). One thread at a time.
  std::error_code run(uint32_t cpu, ProgramCall& call);

 private:
  struct Loaded {
    EntryProgram what;
    UniqueFd program;
  };

  std::error_code make_arrays();
  std::error_code load(const EntryProgram& what, const Loaded*& loaded);
  std::error_code load(const EntryProgram& what, Exchange exchange, UniqueFd& program) const;
  bool takes_interrupts(uint32_t cpu);
  std::error_code absence(uint32_t cpu);
  std::error_code prepare(uint32_t cpu, const ProgramCall& call);
  std::error_code run_entries(uint32_t cpu, ProgramCall& call);
  std::error_code run_some(const Loaded& loaded, uint32_t cpu, ProgramCall& call);
  std::error_code start(const Loaded& loaded, uint32_t cpu, size_t times);
  size_t expected_entries(size_t most);
  std::error_code walk(uint32_t cpu, ProgramCall& call);
  std::error_code walk(uint32_t cpu, ProgramCall& call, size_t most);
  std::error_code count(ProgramCall& call);
  std::error_code refuses_interrupts() const;
  Control& control() const { return *reinterpret_cast<Control*>(control_.at(0)); }

  const int map_;
  const MapInfo info_;
  MappedArray control_;
  MappedArray keys_;
  MappedArray values_;
  MappedArray results_;
  std::deque<Loaded> loaded_;
  UniqueFd count_;
  UniqueFd nothing_;  // a program that does nothing, by an interrupt
  CpuBinding binding_;
};

}  // namespace percpumap
