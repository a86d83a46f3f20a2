#include "map/doctor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "contract/booted_machine.h"

namespace percpumap::test {
namespace {

using Names = std::vector<std::string_view>;

// All that newer kernels have, for whoever may do everything.
std::vector<Feature> all_features() {
  std::vector<Feature> features;
  for (const std::string_view name :
       {"bpffs", "commands", "map_ids", "cap_bpf", "percpu_hash", "large_keys", "batch_commands",
        "lookup_and_delete", "programs", "for_each", "lookup_percpu", "element_count"}) {
    features.push_back({.name = name, .since = "1.0", .available = true, .missing = "", .reason = ""});
  }
  return features;
}

// A machine on which all is well, and what a test takes from it.
struct Patient {
  std::vector<Feature> features = all_features();
  FarCpus cpus{};
  Surroundings around{.program = "/bin/p", .root = true, .privileges = {.right = Right::sys_admin}};

  Patient& lacks(std::string_view name, std::string_view missing) {
    Feature& feature = *std::ranges::find(features, name, &Feature::name);
    feature.available = false;
    feature.missing = missing;
    feature.reason = "REASON";
    return *this;
  }
  // As an ordinary user of a kernel whose bpf(2) answers everybody (5.19).
  Patient& ordinary() {
    around.root = false;
    around.privileges.right = Right::none;
    lacks("percpu_hash", "capability").lacks("programs", "capability").lacks("map_ids", "capability");
    return lacks("element_count", "capability");
  }
  Patient& in_container() {
    around.container = around.bpf_is_bounded = around.admin_is_bounded = true;
    around.privileges.right = Right::none;
    return *this;
  }

  std::vector<Check> checks() const { return examine(features, cpus, around); }
  Check check(std::string_view name) const {
    const auto all = checks();
    const auto at = std::ranges::find(all, name, &Check::name);
    if (at != all.end()) return *at;
    ADD_FAILURE() << "no check " << name;
    return {};
  }
  std::string mend(std::string_view name) const { return check(name).mend; }
  Names ill() const {
    Names names;
    for (const Check& check : checks()) {
      if (check.health != Health::ok) names.push_back(check.name);
    }
    return names;
  }
};

TEST(Doctor, HasNothingToSayWhereAllIsWell) {
  EXPECT_EQ(Patient().ill(), Names());
  Names names;
  for (const Check& check : Patient().checks()) {
    EXPECT_EQ(check.reason + check.mend, "") << check.name;
    names.push_back(check.name);
  }
  EXPECT_EQ(names,
            (Names{"bpf_call", "create", "bpffs", "programs", "ids", "cpus", "batches", "pop", "count"}));
}

TEST(Doctor, MountsABpffs) {
  Patient patient;
  patient.lacks("bpffs", "bpffs");
  EXPECT_EQ(patient.check("bpffs").health, Health::missing);
  EXPECT_EQ(patient.mend("bpffs"), "mount -t bpf bpf /sys/fs/bpf");
  patient.around.root = false;
  EXPECT_EQ(patient.mend("bpffs"), "sudo mount -t bpf bpf /sys/fs/bpf");
  EXPECT_EQ(
      patient.in_container().mend("bpffs").rfind("start the container with -v /sys/fs/bpf:/sys/fs/bpf", 0),
      0U);
}

TEST(Doctor, MakesABpffsWritable) {
  Patient patient;
  patient.around.bpffs_write = errno_code(EROFS);
  EXPECT_EQ(patient.check("bpffs").health, Health::limited);
  EXPECT_EQ(patient.mend("bpffs"), "mount -o remount,rw /sys/fs/bpf");
  patient.around.root = false;
  patient.around.bpffs_write = errno_code(EACCES);
  EXPECT_EQ(patient.mend("bpffs"), "sudo chmod 1777 /sys/fs/bpf");
}

TEST(Doctor, GivesCapabilitiesToTheProgram) {
  Patient patient;
  patient.ordinary();
  EXPECT_EQ(patient.ill(), (Names{"create", "programs", "ids"})) << "count goes with programs";
  EXPECT_EQ(patient.mend("create"), "sudo setcap cap_bpf,cap_perfmon+ep /bin/p");
  EXPECT_EQ(patient.mend("programs"), patient.mend("create"));
  EXPECT_EQ(patient.mend("ids"), "sudo /bin/p list");
  EXPECT_EQ(patient.check("create").reason, "no map can be made: REASON");
}

TEST(Doctor, KnowsTheCapabilityOfOldKernels) {
  Patient patient;
  patient.ordinary().lacks("cap_bpf", "kernel");
  EXPECT_EQ(patient.mend("create"), "sudo setcap cap_sys_admin+ep /bin/p");
}

TEST(Doctor, DoesNotAdviseWhatCannotHelp) {
  Patient patient;
  patient.ordinary().around.nosuid = true;
  EXPECT_EQ(patient.mend("create"),
            "sudo install /bin/p /usr/local/bin/percpumap && "
            "sudo setcap cap_bpf,cap_perfmon+ep /usr/local/bin/percpumap");
  patient.around.no_new_privileges = true;
  EXPECT_EQ(patient.mend("create"), "");
  patient.around.no_new_privileges = false;
  patient.around.bpf_is_bounded = true;
  EXPECT_EQ(patient.mend("create"), "") << "outside of the bounding set, and no engine put it there";
  patient.around.bpf_is_bounded = false;
  patient.around.privileges.in_user_namespace = true;
  EXPECT_EQ(patient.mend("create"), "");
}

TEST(Doctor, SaysHowToStartAContainer) {
  Patient patient;
  patient.ordinary().in_container();
  EXPECT_EQ(patient.mend("create"), "start the container with --cap-add BPF --cap-add PERFMON");
  EXPECT_EQ(patient.mend("ids"), "start the container with --cap-add SYS_ADMIN");
  patient.around.privileges.in_user_namespace = true;
  EXPECT_EQ(patient.mend("create"),
            "start the container as root, in no user namespace, with --cap-add BPF --cap-add PERFMON");
}

TEST(Doctor, BlamesAFilterOnce) {
  Patient patient;
  patient.in_container();
  for (const std::string_view name : {"commands", "percpu_hash", "programs", "map_ids", "batch_commands"}) {
    patient.lacks(name, "seccomp");
  }
  EXPECT_EQ(patient.ill(), Names{"bpf_call"});
  EXPECT_EQ(patient.mend("bpf_call"),
            "start the container with --cap-add BPF --cap-add PERFMON --security-opt seccomp=unconfined");
  patient.around.privileges.right = Right::bpf;
  EXPECT_EQ(patient.mend("bpf_call"), "start the container with --security-opt seccomp=unconfined");
  patient.around.container = false;
  EXPECT_EQ(patient.mend("bpf_call"), "");
}

TEST(Doctor, CountsWhatAKernelLacksAsLimitsWithoutCommand) {
  Patient patient;
  patient.lacks("batch_commands", "kernel")
      .lacks("lookup_and_delete", "kernel")
      .lacks("element_count", "btf");
  EXPECT_EQ(patient.ill(), (Names{"batches", "pop", "count"}));
  for (const std::string_view name : patient.ill()) {
    EXPECT_EQ(patient.check(name).health, Health::limited);
    EXPECT_EQ(patient.mend(name), "");
  }
}

TEST(Doctor, LeavesOutWhatCannotBeTried) {
  Patient patient;
  Feature& batches = *std::ranges::find(patient.features, "batch_commands", &Feature::name);
  batches.available = std::nullopt;
  batches.missing = "capability";
  for (const Check& check : patient.checks()) EXPECT_NE(check.name, "batches");
}

TEST(Doctor, LeavesACpusetThatKeepsItFromCpus) {
  Patient patient;
  patient.cpus.left_out = CpuList({1});
  EXPECT_EQ(patient.check("cpus").health, Health::limited);
  EXPECT_EQ(patient.mend("cpus"), "") << "no group with all CPUs is to be seen";
  patient.around.wide_cpuset = "/g/cgroup.procs";
  patient.around.root = false;
  EXPECT_EQ(patient.mend("cpus"), "echo $$ | sudo tee /g/cgroup.procs");
  EXPECT_EQ(patient.in_container().mend("cpus"), "start the container without --cpuset-cpus");
}

TEST(Doctor, BringsCpusOnlineWhereProgramsDoNotReachThem) {
  Patient patient;
  patient.cpus.offline = CpuList({2, 3});
  patient.around.switchable = {3};
  EXPECT_EQ(patient.ill(), Names()) << "programs reach them";
  patient.lacks("lookup_percpu", "kernel");
  EXPECT_EQ(patient.mend("cpus"), "echo 1 | tee /sys/devices/system/cpu/cpu3/online");
  patient.around.switchable = {};
  EXPECT_EQ(patient.mend("cpus"), "");
}

TEST(Doctor, LiftsTheLimitOfOldKernels) {
  Patient patient;
  patient.lacks("large_keys", "kernel");
  EXPECT_EQ(patient.ill(), Names()) << "there is none";
  patient.around.memlock = 65536;
  EXPECT_NE(patient.check("memlock").reason.find("65536 bytes"), std::string::npos);
  EXPECT_EQ(patient.mend("memlock"), "prlimit --pid $$ --memlock=unlimited:unlimited");
}

TEST(Doctor, TurnsTheCompilerOn) {
  Patient patient;
  patient.lacks("for_each", "kernel").lacks("element_count", "kernel");
  patient.around.has_jit = true;
  EXPECT_EQ(patient.ill(), Names{"jit"});
  EXPECT_EQ(patient.mend("jit"), "sysctl net.core.bpf_jit_enable=1");
  patient.lacks("lookup_percpu", "kernel");
  EXPECT_EQ(patient.ill(), Names{"count"}) << "the kernel is older than callbacks";
}

TEST(Doctor, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(shell_word("/usr/bin/percpumap-1.0"), "/usr/bin/percpumap-1.0");
  EXPECT_EQ(shell_word("/a b/it's"), "'/a b/it'\\''s'");
}

class SimulatedDoctor : public BootedMachine {
 protected:
  std::vector<std::string> ill(const std::string& version, Caps caps) {
    const auto backend = boot(version, caps);
    const Surroundings around{.simulated = true, .sim_init = "INIT"};
    std::vector<std::string> names;
    for (const Check& check : examine(probe_features(*backend), find_far_cpus(*backend), around)) {
      const bool mended = caps != Caps::all && check.health != Health::ok;
      EXPECT_EQ(check.mend, mended ? "INIT" : "") << check.name;
      if (check.health != Health::ok) names.emplace_back(check.name);
    }
    return names;
  }
};

TEST_F(SimulatedDoctor, FindsWhatOldKernelsLack) {
  using Strings = std::vector<std::string>;
  EXPECT_EQ(ill("7.2", Caps::all), Strings());
  EXPECT_EQ(ill("6.1", Caps::all), Strings{"count"});
  EXPECT_EQ(ill("5.10", Caps::all), (Strings{"pop", "count"}));
  EXPECT_EQ(ill("5.4", Caps::all), (Strings{"programs", "batches", "pop", "count"}));
}

TEST_F(SimulatedDoctor, FindsWhatUsersMayNot) {
  using Strings = std::vector<std::string>;
  EXPECT_EQ(ill("6.18", Caps::bpf), Strings{"ids"});
  EXPECT_EQ(ill("6.18", Caps::none), (Strings{"create", "programs", "ids"}));
  EXPECT_EQ(ill("5.15", Caps::none), (Strings{"bpf_call", "create", "programs", "ids"}));
}

TEST_F(SimulatedDoctor, LeavesNoMap) {
  const auto backend = boot("6.18");
  find_far_cpus(*backend);
  uint32_t id = 0;
  EXPECT_EQ(backend->next_id(0, id).value(), ENOENT);
}

}  // namespace
}  // namespace percpumap::test
