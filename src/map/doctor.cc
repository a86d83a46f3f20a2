#include "map/doctor.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "map/feature_probe.h"

namespace percpumap {
namespace {

constexpr const char* kBpffsOptions =
    "-v /sys/fs/bpf:/sys/fs/bpf --security-opt apparmor=unconfined, or with --privileged";

// A check that is one feature.
struct Rule {
  std::string_view name;
  std::string_view feature;
  Health without;
  std::string_view loss;
  Right right;  // what to mend it with; none: who lacks the right for it lacks `programs`, and is told there
};

constexpr Rule kCalls = {"bpf_call", "commands", Health::missing, "no command on maps works", Right::bpf};
constexpr Rule kCreate = {"create", "percpu_hash", Health::missing, "no map can be made", Right::bpf};
constexpr Rule kPrograms = {"programs", "programs", Health::missing,
                            "add, zero, helper, and update of single CPUs before Linux 7.0, do not work",
                            Right::bpf};
constexpr Rule kIds = {"ids", "map_ids", Health::limited,
                       "maps are found by their pinned paths alone, not by id or name", Right::sys_admin};
constexpr Rule kBatches = {"batches", "batch_commands", Health::limited,
                           "maps are read and written entry by entry, slower, and not whole for certain "
                           "while they change",
                           Right::none};
constexpr Rule kPop = {"pop", "lookup_and_delete", Health::limited, "pop does not work", Right::none};
constexpr Rule kCount = {"count", "element_count", Health::limited,
                         "entries are counted by reading them, unless memory tells", Right::none};

class Examination {
 public:
  Examination(const std::vector<Feature>& features, const FarCpus& cpus, const Surroundings& around)
      : features_(features), cpus_(cpus), around_(around) {}

  std::vector<Check> run() {
    check(kCalls);
    check(kCreate);
    check_bpffs();
    check(kPrograms);
    check(kIds);
    check_cpus();
    check_memlock();
    const bool jit = check_jit();
    check(kBatches);
    check(kPop);
    if (jit) check(kCount);
    return std::move(checks_);
  }

 private:
  const Feature& feature(std::string_view name) const {
    return *std::ranges::find(features_, name, &Feature::name);
  }
  bool has(std::string_view name) const { return feature(name).available == true; }
  bool kernel_lacks(std::string_view name) const { return feature(name).missing == "kernel"; }

  void well(std::string_view name) { checks_.push_back({name}); }
  void limited(std::string_view name, const std::string& reason, const std::string& mend) {
    checks_.push_back({name, Health::limited, reason, mend});
  }

  void check(const Rule& rule) {
    const Feature& found = feature(rule.feature);
    if (found.available == true) return well(rule.name);
    const bool filtered = found.missing == "seccomp";
    const bool refused = found.missing == "capability";
    if ((filtered && rule.name != kCalls.name) || (refused && rule.right == Right::none)) return;
    const bool failed = found.missing == "system";
    if (!found.available && !refused && !failed) return;
    if (failed && rule.name != kCreate.name && feature(kCreate.feature).missing == "system") return;
    Check check{rule.name, rule.without, std::string(rule.loss) + ": " + found.reason};
    if (filtered) check.mend = lift_filter();
    if (refused) check.mend = grant(rule.right);
    if (refused && check.mend.empty()) check.reason += why_not_granted();
    checks_.push_back(std::move(check));
  }

  void check_bpffs() {
    constexpr const char* kName = "bpffs";
    if (!has("bpffs")) {
      checks_.push_back({kName, Health::missing,
                         "maps can neither be pinned nor be opened by their pins: no bpffs is mounted at "
                         "/sys/fs/bpf",
                         mount_bpffs()});
    } else if (around_.bpffs_write.value() == EROFS) {
      limited(kName, "no pin can be made or removed: /sys/fs/bpf is mounted read-only",
              administer("mount -o remount,rw /sys/fs/bpf", "with /sys/fs/bpf mounted without ro"));
    } else if (around_.bpffs_write) {
      limited(kName,
              "pins can be made at most in directories below /sys/fs/bpf, and opened only if its mode lets "
              "this user "
              "through",
              administer("chmod 1777 /sys/fs/bpf", "as root, without --user"));
    } else {
      well(kName);
    }
  }

  void check_cpus() {
    constexpr const char* kName = "cpus";
    if (!has("programs")) return;
    if (!cpus_.left_out.empty()) {
      limited(kName,
              "the cpuset of this process leaves out CPU " + cpus_.left_out.to_string() +
                  ": add and zero do not reach it exactly",
              leave_cpuset());
    } else if (!cpus_.offline.empty() && kernel_lacks("lookup_percpu")) {
      limited(
          kName,
          "CPU " + cpus_.offline.to_string() + " is offline: no program reaches its values before Linux 5.19",
          bring_online());
    } else {
      well(kName);
    }
  }

  // Later kernels charge maps to the memory cgroup; so do those that take long keys (both 5.11).
  void check_memlock() {
    if (!kernel_lacks("large_keys")) return;
    if (around_.simulated || !around_.memlock) return well("memlock");
    limited("memlock",
            "larger maps are refused with EPERM: up to Linux 5.10 they count against RLIMIT_MEMLOCK, "
            "which is " +
                std::to_string(*around_.memlock) + " bytes",
            administer("prlimit --pid $$ --memlock=unlimited:unlimited", "with --ulimit memlock=-1"));
  }

  // False where the compiler is missing, without which the verifier takes neither callbacks (5.13) nor
  // functions of the kernel; helpers of later kernels work without.
  bool check_jit() {
    const bool missing = kernel_lacks("for_each") && has("lookup_percpu");
    if (missing) {
      limited("jit", "helper for-each and counting without reading need the BPF JIT compiler",
              around_.has_jit ? administer("sysctl net.core.bpf_jit_enable=1", "") : "");
    }
    return !missing;
  }

  bool in_namespace() const { return around_.privileges.in_user_namespace; }

  // Whether somebody here can become the administrator of the system.
  bool has_administrator() const {
    if (around_.simulated || in_namespace() || around_.admin_is_bounded) return false;
    return around_.root ? around_.privileges.right == Right::sys_admin : !around_.no_new_privileges;
  }
  std::string as_root(const std::string& command) const { return around_.root ? command : "sudo " + command; }
  std::string start_container(const std::string& how) const {
    if (!around_.container || how.empty()) return "";
    return "start the container " + std::string(in_namespace() ? "as root, in no user namespace, " : "") +
           how;
  }
  std::string administer(const std::string& command, const std::string& how_to_start) const {
    return has_administrator() ? as_root(command) : start_container(how_to_start);
  }

  std::string lift_filter() const {
    const bool able = around_.privileges.right != Right::none;
    return start_container(std::string("with ") + (able ? "" : "--cap-add BPF --cap-add PERFMON ") +
                           "--security-opt seccomp=unconfined");
  }

  std::string grant(Right right) const {
    if (around_.simulated) return around_.sim_init;
    const bool admin = right == Right::sys_admin || !has("cap_bpf");
    if (in_namespace() || (admin ? around_.admin_is_bounded : around_.bpf_is_bounded)) {
      return start_container(admin ? "with --cap-add SYS_ADMIN" : "with --cap-add BPF --cap-add PERFMON");
    }
    if (around_.no_new_privileges) return "";
    return right == Right::sys_admin ? as_root(around_.program + " list") : set_capabilities();
  }

  std::string why_not_granted() const {
    if (around_.simulated) return "; 'percpumap sim init --caps all' gives it to a machine without maps";
    if (in_namespace()) return "";
    return around_.no_new_privileges ? "; no_new_privs keeps it from this process"
                                     : "; the capability bounding set leaves it out";
  }

  std::string set_capabilities() const {
    const std::string set = has("cap_bpf") ? "setcap cap_bpf,cap_perfmon+ep " : "setcap cap_sys_admin+ep ";
    if (!around_.nosuid) return as_root(set + around_.program);
    constexpr const char* kOther = "/usr/local/bin/percpumap";
    return as_root("install " + around_.program + " " + kOther) + " && " + as_root(set + kOther);
  }

  std::string mount_bpffs() const {
    return administer("mount -t bpf bpf /sys/fs/bpf", std::string("with ") + kBpffsOptions);
  }

  std::string leave_cpuset() const {
    if (!has_administrator()) return start_container("without --cpuset-cpus");
    return around_.wide_cpuset.empty() ? "" : "echo $$ | " + as_root("tee " + around_.wide_cpuset);
  }

  std::string bring_online() const {
    if (around_.switchable.empty() || !has_administrator()) return "";
    std::string files;
    for (const uint32_t cpu : around_.switchable) {
      files += " /sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/online";
    }
    return "echo 1 | " + as_root("tee" + files);
  }

  const std::vector<Feature>& features_;
  const FarCpus& cpus_;
  const Surroundings& around_;
  std::vector<Check> checks_;
};

bool may_run_on(Backend& backend, RawMap& map, uint32_t cpu) {
  ProgramCall call{.program = Program::lookup, .keys = probe_key()};
  return map.run_program(cpu, call).value() != ENODEV || !backend.online_cpus().contains(cpu);
}

}  // namespace

std::string_view health_name(Health health) {
  switch (health) {
    case Health::ok: return "ok";
    case Health::limited: return "limited";
    case Health::missing: return "missing";
  }
  return "";
}

FarCpus find_far_cpus(Backend& backend) {
  std::vector<uint32_t> offline;
  std::vector<uint32_t> left_out;
  const CpuList online = backend.online_cpus();
  std::unique_ptr<RawMap> map;
  backend.create(probe_spec(), map);
  for (const uint32_t cpu : backend.possible_cpus().ids()) {
    if (!online.contains(cpu))
      offline.push_back(cpu);
    else if (map && !may_run_on(backend, *map, cpu))
      left_out.push_back(cpu);
  }
  return {CpuList(std::move(offline)), CpuList(std::move(left_out))};
}

std::vector<Check> examine(const std::vector<Feature>& features, const FarCpus& cpus,
                           const Surroundings& around) {
  return Examination(features, cpus, around).run();
}

}  // namespace percpumap
