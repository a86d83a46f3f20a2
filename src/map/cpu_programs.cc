#include "map/cpu_programs.h"

#include <cerrno>

#include "map/program_failure.h"

namespace percpumap {
namespace {

// About half a second. A CPU that comes or goes is online for some milliseconds and takes no threads
// (cpu_active_mask, kernel/cpu.c); that looks as if a cpuset left it out.
constexpr int kTries = 60;

// Whether a program was not where it was to run: its CPU is offline, or does not take the thread.
bool is_away(std::error_code error) {
  return error.value() == ENXIO || error.value() == ENODEV;
}

}  // namespace

void CpuPrograms::run(uint32_t cpu, ProgramCall& call) {
  auto error = try_to_run(cpu, call);
  Backoff backoff;
  for (int tries = 0; is_away(error) && tries < kTries && backoff.pause(); ++tries) {
    ProgramCall rest = rest_of(call);
    error = try_to_run(cpu, rest);
    call.slot_of = rest.slot_of;
    call.by_interrupt = rest.by_interrupt;
    call.results.insert(call.results.end(), rest.results.begin(), rest.results.end());
    call.values_read.insert(call.values_read.end(), rest.values_read.begin(), rest.values_read.end());
  }
  if (error) throw failure(error, call, cpu);
}

std::error_code CpuPrograms::try_to_run(uint32_t cpu, ProgramCall& call) {
  const bool online = backend_.online_cpus().contains(cpu);
  const uint32_t where = online ? cpu : backend_.current_cpu();
  call.slot_of = online ? std::nullopt : std::optional<uint64_t>(cpu);
  call.by_interrupt = false;
  auto error = map_.raw().run_program(where, call);
  if (error.value() == ENODEV && online && racy_ == Racy::allowed && call.results.empty()) {
    call.by_interrupt = true;
    error = map_.raw().run_program(where, call);
    interrupted_others_ = interrupted_others_ || !error;
  }
  return error;
}

// The entries that are not done yet.
ProgramCall CpuPrograms::rest_of(const ProgramCall& call) const {
  const size_t done = call.results.size();
  ProgramCall rest{.program = call.program,
                   .count = call.count - done,
                   .keys = call.keys.subspan(done * map_.info().key_size),
                   .numbers = call.numbers};
  if (!call.values.empty()) rest.values = call.values.subspan(done * map_.info().value_size);
  return rest;
}

Error CpuPrograms::failure(std::error_code error, const ProgramCall& call, uint32_t cpu) const {
  Error failure = program_failure(backend_, map_, error, call, cpu, operation_);
  if (error.value() == EINVAL && call.slot_of)
    failure.hint = "CPU " + std::to_string(cpu) + " is offline: bring it online";
  if (error.value() == ENODEV)
    failure.hint += "; --racy does it by an interrupt, which can meet a program half-way";
  return failure;
}

std::string_view CpuPrograms::remark() const {
  return interrupted_others_ ? ", by an interrupt where this process may not run" : "";
}

void CpuPrograms::demand(uint32_t cpu, Program program, std::span<const AddedNumber> numbers) {
  ProgramCall call{.program = program, .count = 0, .numbers = numbers};
  run(cpu, call);
}

}  // namespace percpumap
