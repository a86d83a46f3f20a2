// Programs for the slots of the CPUs that a command names, wherever they can run.
#pragma once

#include <cstdint>
#include <string>

#include "map/map.h"

namespace percpumap {

// What is allowed where nothing exact can be done (--racy).
enum class Racy { refused, allowed };

// Runs `lookup`, `store`, `add` and `exchange` for the slot of a CPU:
// - on that CPU, in this thread, which goes there; so nothing that counts there is half-way;
// - where it is offline, on the CPU where this thread is, by bpf_map_lookup_percpu_elem() (5.19), for nothing
//   counts there;
// - where it is online, but this thread may not go there (a cpuset): throws Error (not_permitted); with
//   Racy::allowed by an inter-processor interrupt, which can meet a program half-way through a `+= 1`.
// Backend and map outlive it.
class CpuPrograms {
 public:
  // `operation` is what errors are about.
  CpuPrograms(Backend& backend, Map& map, std::string_view operation, Racy racy)
      : backend_(backend), map_(map), operation_(operation), racy_(racy) {}

  // Sets what says where `call` runs, and runs it; goes on the other way where the CPU comes or goes
  // meanwhile. Throws Error; call.results tells what is done all the same.
  void run(uint32_t cpu, ProgramCall& call);
  // Whether programs can run: loads `program` for `cpu` and runs it for no entry. reaches() says false where
  // the CPU is offline and this kernel has no way there from another (before 5.19); demand() throws then,
  // too.
  bool reaches(uint32_t cpu, Program program);
  void demand(uint32_t cpu, Program program, std::span<const AddedNumber> numbers = {});

  Map& map() { return map_; }
  Backend& backend() { return backend_; }
  // For a sentence about what was done: that an interrupt started some program; else empty.
  std::string_view remark() const;

 private:
  std::error_code persist(uint32_t cpu, ProgramCall& call);
  std::error_code try_to_run(uint32_t cpu, ProgramCall& call);
  ProgramCall rest_of(const ProgramCall& call) const;
  Error failure(std::error_code error, const ProgramCall& call, uint32_t cpu) const;

  Backend& backend_;
  Map& map_;
  const std::string operation_;
  const Racy racy_;
  bool interrupted_others_ = false;
};

}  // namespace percpumap
