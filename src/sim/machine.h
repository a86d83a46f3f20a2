// What a simulated machine is made of, maps apart, and the file DIR/machine that says so:
//
//   format: 1
//   possible: 0-3,8
//   online: 0-1
//   kernel: 5.10
//   caps: all
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/cpu_list.h"
#include "sim/kernel_version.h"

namespace percpumap {

// What the user of the machine may do: nothing special, what CAP_BPF allows, or everything (CAP_SYS_ADMIN).
enum class Caps { none, bpf, all };

std::optional<Caps> caps_by_name(std::string_view name);
std::string_view caps_name(Caps caps);

struct Machine {
  CpuList possible;
  CpuList online;
  KernelVersion kernel = {6, 18};
  Caps caps = Caps::all;

  bool operator==(const Machine&) const = default;
};

// This host's CPUs, from /sys/devices/system/cpu; where sysfs is not mounted, as many as are online, from 0
// on.
Machine host_machine();

// What cannot be about the CPUs of a machine: none, one above 8191 (NR_CPUS), or an online one that is not
// possible. Empty when nothing.
std::string cpus_complaint(const Machine& machine);

// Exactly the lines above, in that order, each with a newline. Otherwise nullopt, and in `why`, if given,
// what is wrong.
std::optional<Machine> parse_machine(std::string_view text, std::string* why = nullptr);
std::string to_text(const Machine& machine);

// The machine of `directory`: its file, or host_machine() where there is none. Throws Error (system) for a
// file that cannot be read or is damaged.
Machine read_machine(const std::string& directory);
// Puts the file in place of another in one step, mode 0600. `directory` exists. Throws Error (system).
void write_machine(const std::string& directory, const Machine& machine);
// Where both keep it.
std::string machine_file(const std::string& directory);

}  // namespace percpumap
