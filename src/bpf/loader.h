// Programs into the kernel and out of it again.
#pragma once

#include <cstdint>
#include <system_error>

#include "base/unique_fd.h"
#include "bpf/code.h"

namespace percpumap {

// Before 5.11 the memory of maps and programs counts against RLIMIT_MEMLOCK; only this process' own limit is
// raised.
void lift_memlock_limit();

// How a program is run: as a socket filter on a made-up packet in the calling thread, as often as is asked
// for in one call; or as a raw tracepoint on another CPU, once.
enum class Start { in_this_thread, by_interrupt };

// Loads `code`, for as long as `program` is open. `callback`: the instruction where a second function begins,
// 0 for none. EPERM: CAP_BPF is missing (by interrupt: or CAP_PERFMON). EACCES, EINVAL: the verifier's.
std::error_code load_program(const Code& code, Start start, size_t callback, UniqueFd& program);

// BPF_PROG_TEST_RUN. `times` runs, fewer where a signal comes (EINTR). `returned`, if given, is what the last
// one returned.
std::error_code run_in_this_thread(int program, uint32_t times, uint32_t* returned = nullptr);
// ENXIO: `cpu` is not online. EOPNOTSUPP: before 5.10.
std::error_code run_by_interrupt(int program, uint32_t cpu);

}  // namespace percpumap
