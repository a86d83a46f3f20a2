// Trying out what a kernel can do with per-CPU hash maps (kernel-semantics.md 10).
#pragma once

#include <cerrno>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>

#include "backend/backend.h"
#include "base/privileges.h"

namespace percpumap {

// What stands in the way.
enum class Missing {
  nothing,
  kernel,      // it does not have the feature
  capability,  // this process may not use it
  filter,      // nor anything else, for a seccomp filter refuses bpf(2)
  bpffs,
  btf,    // of the kernel itself
  map,    // to try it on: this process may not make one, though it may be given one
  cpu,    // a second one, without which it does not show
  answer  // something else failed, see `cause`
};

struct Finding {
  Missing missing = Missing::nothing;
  std::error_code cause{};  // Missing::answer
};

struct FeatureProbe {
  std::string_view name;
  std::string_view since;  // the first release that has it; empty: none yet
  Right right;             // what Missing::capability is about
  // Leaves nothing behind: maps it makes have no pin and are gone when it returns.
  Finding (*probe)(Backend& backend);
};

// Of the machine and its user, of BPF_MAP_CREATE, of commands on maps, of programs, and of single CPUs'
// slots.
std::span<const FeatureProbe> machine_probes();
std::span<const FeatureProbe> create_probes();
std::span<const FeatureProbe> command_probes();
std::span<const FeatureProbe> program_probes();
std::span<const FeatureProbe> slot_probes();

// u32 → u64, one entry: the map that probes are tried on.
MapSpec probe_spec(uint32_t flags = 0);
// A key of it, all zero.
Bytes probe_key();

// `ec` is the answer to what was tried, and `absent` what a kernel without the feature answers.
Finding finding(std::error_code ec, int absent);
// The same for a command that answers ENOENT where it works, for there is no such key.
Finding finding_without_key(std::error_code ec, int absent);
inline Finding unless_kernel_lacks(bool has) {
  return {has ? Missing::nothing : Missing::kernel};
}

// What `attempt` finds with a new map.
template <typename Attempt>
Finding on_new_map(Backend& backend, const MapSpec& spec, Attempt attempt) {
  std::unique_ptr<RawMap> map;
  const std::error_code ec = backend.create(spec, map);
  if (ec.value() == EPERM) return {Missing::map};
  return ec ? Finding{Missing::answer, ec} : attempt(*map);
}

}  // namespace percpumap
