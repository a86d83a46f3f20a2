#include "map/program_failure.h"

#include <cerrno>

#include "map/refusal.h"

namespace percpumap {
namespace {

bool writes_only(Program program) {
  return program == Program::store || program == Program::update || program == Program::erase;
}

// The verifier knows two reasons of the map's (check_map_access_type(), kernel/bpf/verifier.c).
std::string refusal(const MapInfo& info, Program program) {
  if ((info.flags & kReadOnlyProg) != 0)
    return "it was made with rdonly_prog, and the verifier refuses programs that write it";
  if ((info.flags & kWriteOnlyProg) != 0 && !writes_only(program))
    return "it was made with wronly_prog, and the verifier refuses programs that read it";
  return "the verifier refuses the program";
}

// The first release that has what `call` asks for.
std::string missing(const ProgramCall& call) {
  if (call.slot_of) return "programs that reach another CPU's slot need Linux 5.19";
  if (call.program == Program::for_each)
    return "bpf_for_each_map_elem() needs Linux 5.13, and the BPF JIT compiler on some";
  if (call.program == Program::count)
    return "counting elements by bpf_map_sum_elem_count() needs Linux 6.6 and its BTF in /sys/kernel/btf";
  return "this kernel does not load the program";
}

std::string unsupported(const ProgramCall& call) {
  if (!call.by_interrupt) return "running programs needs Linux 5.5";
  return "programs on a CPU where this process may not run need Linux 5.10, and 6.1 on maps with no_prealloc";
}

}  // namespace

Error program_failure(Backend& backend, const Map& map, std::error_code ec, const ProgramCall& call,
                      uint32_t cpu, std::string_view operation) {
  const std::string on = " on CPU " + std::to_string(cpu);
  const auto make = [&](Problem problem, const std::string& why) {
    return Error(problem, std::string(operation) + " in map " + map.label() + ": " + why)
        .because(ec)
        .in(operation)
        .of(map.label());
  };
  switch (ec.value()) {
    case EPERM:
      return make(Problem::not_permitted, "this process may not run a BPF program")
          .advise(needed(backend, call.by_interrupt ? Right::bpf_and_perfmon : Right::bpf));
    case EACCES: return make(Problem::not_permitted, refusal(map.info(), call.program));
    case EINVAL: return make(Problem::unsupported, missing(call));
    case EOPNOTSUPP:
    case kKernelEnotsupp: return make(Problem::unsupported, unsupported(call));
    case ENXIO:
      return make(Problem::system, "CPU " + std::to_string(cpu) + " is not online, no program can run there");
    case ENODEV:
      return make(Problem::not_permitted, "this process may not run" + on)
          .advise("its cpuset leaves that CPU out, see cpuset(7)");
    case ENOMEM: return make(Problem::no_memory, "the kernel has no memory for the program");
    default:
      return make(Problem::system, "running a program" + on + ": " + errno_text(ec.value()) + " (" +
                                       errno_name(ec.value()) + ")");
  }
}

}  // namespace percpumap
