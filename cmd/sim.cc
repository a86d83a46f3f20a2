// The simulated machine itself: made, shown, cleared away.
#include "backend/open_backend.h"
#include "base/error.h"
#include "cmd/commands.h"
#include "cmd/log.h"
#include "sim/machine_admin.h"

namespace percpumap {
namespace {

std::string directory_of(const Session& session) {
  const auto directory = sim_directory(session.where());
  if (directory) return *directory;
  throw Error(Problem::usage,
              "sim is about a simulated machine, and the backend is '" + session.where() + "'")
      .advise("say which one: '--backend sim' or '--backend sim:DIR', or set PERCPUMAP_BACKEND");
}

CpuList parse_list(std::string_view option, const std::string& text) {
  const auto cpus = CpuList::parse(text);
  if (cpus) return *cpus;
  throw Error(Problem::usage, "'" + text + "' is not a list of CPUs (" + std::string(option) + ")")
      .advise("write it as the kernel does: 3 or 0-3,8");
}

KernelVersion parse_version(const std::string& text) {
  const auto version = parse_kernel_version(text);
  if (version) return *version;
  throw Error(Problem::bad_data, "there is no simulated kernel '" + text + "'")
      .advise("they are the releases from " + to_string(kOldestKernel) + " to " + to_string(kNewestKernel) +
              ", with or without a patch level: 5.10, 6.18.2");
}

// All possible CPUs are online unless said otherwise; this host's are taken where none are named.
Machine asked_for(const Options& options) {
  Machine machine = host_machine();
  if (!options.cpus.empty()) machine.possible = machine.online = parse_list("--cpus", options.cpus);
  if (!options.online.empty()) machine.online = parse_list("--online", options.online);
  if (!options.kernel.empty()) machine.kernel = parse_version(options.kernel);
  if (!options.caps.empty()) machine.caps = *caps_by_name(options.caps);
  const std::string wrong = cpus_complaint(machine);
  if (!wrong.empty()) throw Error(Problem::bad_data, wrong);
  return machine;
}

Record describe(const Machine& machine, const std::string& directory, uint64_t maps) {
  return {{"possible_cpus", machine.possible.to_string()},
          {"online_cpus", machine.online.to_string()},
          {"kernel", to_string(machine.kernel)},
          {"caps", std::string(caps_name(machine.caps))},
          {"maps", maps},
          {"directory", directory}};
}

std::string counted(uint64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// True under --dry-run, when nothing may be done.
bool announce(Session& session, const std::string& what) {
  const bool dry = session.options().dry_run;
  note(dry ? "would be " + what : what);
  if (dry) session.print_change({{"dry_run", what}});
  return dry;
}

void init(Session& session, const std::string& directory) {
  const Machine machine = asked_for(session.options());
  if (session.options().dry_run) {
    announce(session, "making a simulated machine in " + directory);
    return;
  }
  init_machine(directory, machine);
  session.print_change(describe(machine, directory, 0));
}

void show(Session& session, const std::string& directory) {
  const uint64_t maps = count_maps(directory);
  session.print(describe(read_machine(directory), directory, maps));
}

void reset(Session& session, const std::string& directory) {
  const MachineParts parts = machine_parts(directory);
  if (announce(session, "removing " + counted(parts.maps, "map") + ", " + counted(parts.pins, "pin") +
                            " and the machine of the simulated kernel in " + directory)) {
    return;
  }
  remove_parts(parts);
  session.print_change({{"maps_removed", parts.maps}, {"pins_removed", parts.pins}});
}

}  // namespace

int run_sim(Session& session, Words& words) {
  const std::string verb = words.next("init, show or reset");
  words.end();
  const Options& options = session.options();
  const bool describes = !(options.cpus + options.online + options.kernel + options.caps).empty();
  if (verb != "init" && describes) words.fail("--cpus, --online, --kernel and --caps go with 'sim init'");
  const std::string directory = directory_of(session);
  if (verb == "init")
    init(session, directory);
  else if (verb == "show")
    show(session, directory);
  else if (verb == "reset")
    reset(session, directory);
  else
    words.fail("there is no 'sim " + verb + "'");
  return 0;
}

}  // namespace percpumap
