// What stands around this process, as far as doctor looks at it: what bpf(2) cannot tell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "base/privileges.h"

namespace percpumap {

struct Surroundings {
  std::string program = "percpumap";  // as program_word() has it
  // Of a simulated kernel nothing below counts.
  bool simulated = false;
  std::string sim_init = {};  // what gives its user all rights; empty: nothing, while it has maps

  bool root = false;       // the effective user
  bool container = false;  // an engine left its mark
  Privileges privileges = {};
  // What no program here can get: outside of the capability bounding set, as engines leave it.
  bool bpf_is_bounded = false;
  bool admin_is_bounded = false;         // CAP_SYS_ADMIN
  bool no_new_privileges = false;        // neither sudo(8) nor file capabilities count
  bool nosuid = false;                   // file capabilities of `program` do not count where it lies
  std::error_code bpffs_write = {};      // why nothing can be made in /sys/fs/bpf: EACCES, EROFS
  std::optional<uint64_t> memlock = {};  // RLIMIT_MEMLOCK in bytes; nullopt: no limit
  bool has_jit = false;                  // net.core.bpf_jit_enable is there to be set
  std::string wide_cpuset = {};  // cgroup.procs of the cgroup that has every CPU online; empty: not found
  std::vector<uint32_t> switchable = {};  // CPUs that are offline and have a file that brings them online
};

// Of a real kernel. Reads /proc and /sys; what cannot be read is as above. Changes nothing.
Surroundings look_around(const Privileges& privileges);

// This program's path, and any word, as sh(1) takes them.
std::string program_word();
std::string shell_word(const std::string& word);

}  // namespace percpumap
