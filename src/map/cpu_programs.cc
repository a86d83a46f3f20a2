#include "map/cpu_programs.h"

#include <cerrno>

#include "map/program_failure.h"

namespace percpumap {

void CpuPrograms::run(uint32_t cpu, ProgramCall& call) {
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
  if (!error) return;
  Error failure = program_failure(map_, error, call, cpu, operation_);
  if (error.value() == EINVAL && !online)
    failure.hint = "CPU " + std::to_string(cpu) + " is offline: bring it online";
  if (error.value() == ENODEV)
    failure.hint += "; --racy does it by an interrupt, which can meet a program half-way";
  throw Error(std::move(failure));
}

std::string_view CpuPrograms::remark() const {
  return interrupted_others_ ? ", by an interrupt where this process may not run" : "";
}

void CpuPrograms::demand(uint32_t cpu, Program program, std::span<const AddedNumber> numbers) {
  ProgramCall call{.program = program, .count = 0, .numbers = numbers};
  run(cpu, call);
}

}  // namespace percpumap
