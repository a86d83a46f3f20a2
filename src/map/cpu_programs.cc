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

// Whether the CPU is offline and the kernel has no helper for its slot.
bool is_out_of_reach(std::error_code error, const ProgramCall& call) {
  return error.value() == EINVAL && call.slot_of;
}

}  // namespace

void CpuPrograms::run(uint32_t cpu, ProgramCall& call) {
  if (const auto error = persist(cpu, call)) throw failure(error, call, cpu);
}

std::error_code CpuPrograms::persist(uint32_t cpu, ProgramCall& call) {
  auto error = try_to_run(cpu, call);
  Backoff backoff(kTries);
  while (is_away(error) && backoff.pause()) {
    ProgramCall rest = rest_of(call);
    error = try_to_run(cpu, rest);
    call.slot_of = rest.slot_of;
    call.by_interrupt = rest.by_interrupt;
    call.results.insert(call.results.end(), rest.results.begin(), rest.results.end());
    call.values_read.insert(call.values_read.end(), rest.values_read.begin(), rest.values_read.end());
  }
  return error;
}

std::error_code CpuPrograms::try_to_run(uint32_t cpu, ProgramCall& call) {
  call.slot_of.reset();
  call.by_interrupt = false;
  auto error = map_.raw().run_program(cpu, call);
  if (!is_away(error) || !call.results.empty()) return error;
  if (error.value() == ENXIO) {
    call.slot_of = cpu;
    return map_.raw().run_program(backend_.current_cpu(), call);
  }
  if (racy_ == Racy::refused) return error;
  call.by_interrupt = true;
  error = map_.raw().run_program(cpu, call);
  interrupted_others_ = interrupted_others_ || !error;
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
  if (is_out_of_reach(error, call))
    failure.hint = "CPU " + std::to_string(cpu) + " is offline: bring it online";
  if (error.value() == ENODEV)
    failure.hint += "; --racy does it by an interrupt, which can meet a program half-way";
  return failure;
}

std::string_view CpuPrograms::remark() const {
  return interrupted_others_ ? ", by an interrupt where this process may not run" : "";
}

bool CpuPrograms::reaches(uint32_t cpu, Program program) {
  ProgramCall call{.program = program, .count = 0};
  const auto error = persist(cpu, call);
  if (error && !is_out_of_reach(error, call)) throw failure(error, call, cpu);
  return !error;
}

void CpuPrograms::demand(uint32_t cpu, Program program, std::span<const AddedNumber> numbers) {
  ProgramCall call{.program = program, .count = 0, .numbers = numbers};
  run(cpu, call);
}

}  // namespace percpumap
