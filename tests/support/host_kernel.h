// The machine that this process runs on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/kernel_version.h"
#include "sim/machine.h"

namespace percpumap::test {

// What uname(2) tells of a kernel: its release and, where Debian keeps the stable patch level, its version,
// as in "6.1.0-56-cloud-amd64" and "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)". nullopt: a release
// that the simulation does not know.
std::optional<KernelVersion> kernel_of(std::string_view release, std::string_view version);

// Of this host.
std::optional<KernelVersion> host_kernel();
std::string host_release();

// This host as the simulation sees it: its CPUs, and its kernel or, where the simulation does not know that,
// the newest that it knows.
Machine this_machine();

}  // namespace percpumap::test
