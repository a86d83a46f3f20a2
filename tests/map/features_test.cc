#include "map/features.h"

#include <algorithm>
#include <map>

#include "contract/booted_machine.h"
#include "sim/faulty_backend.h"

namespace percpumap::test {
namespace {

using Answers = std::map<std::string, std::optional<bool>, std::less<>>;

const std::vector<std::string> kVersions = {"4.19", "5.4",  "5.6",  "5.10", "5.14", "6.1",
                                            "6.6",  "6.12", "6.18", "7.0",  "7.1",  "7.2"};

Answers answers_of(const std::vector<Feature>& features) {
  Answers answers;
  for (const Feature& feature : features) answers[std::string(feature.name)] = feature.available;
  return answers;
}

// What kernel-semantics.md 10 says since when; the release before which a feature is missing.
const std::map<std::string, std::string, std::less<>> kSince = {{"access_modes", "4.15"},
                                                                {"batch_commands", "5.6"},
                                                                {"bpffs", "4.4"},
                                                                {"cap_bpf", "5.8"},
                                                                {"commands", "4.6"},
                                                                {"cpu_flags", "7.0"},
                                                                {"cpu_flag_with_exist", ""},
                                                                {"cpu_flag_zeroes_slots", "7.2"},
                                                                {"dots_in_names", "5.2"},
                                                                {"element_count", "6.6"},
                                                                {"element_iterator", "5.9"},
                                                                {"first_key", "4.12"},
                                                                {"for_each", "5.13"},
                                                                {"freeze", "5.2"},
                                                                {"freeze_without_capability", "6.5"},
                                                                {"interrupt_no_prealloc", "6.1"},
                                                                {"kernel_btf", "5.4"},
                                                                {"large_keys", "5.11"},
                                                                {"lookup_and_delete", "5.14"},
                                                                {"lookup_percpu", "5.19"},
                                                                {"map_btf", "4.18"},
                                                                {"map_ids", "4.13"},
                                                                {"map_info", "4.13"},
                                                                {"map_names", "4.15"},
                                                                {"memlock_is_usage", "6.4"},
                                                                {"percpu_hash", "4.6"},
                                                                {"program_access_flags", "5.2"},
                                                                {"program_zeroes_slots", "5.10"},
                                                                {"programs", "5.5"},
                                                                {"programs_by_interrupt", "5.10"},
                                                                {"value_size_check", "6.12"},
                                                                {"zero_seed", "5.0"}};

// Also of releases that cannot be simulated.
KernelVersion release_of(const std::string& text) {
  return {static_cast<uint32_t>(std::stoul(text)),
          static_cast<uint32_t>(std::stoul(text.substr(text.find('.') + 1)))};
}

Answers answers_by_table(const std::string& version) {
  Answers answers;
  for (const auto& [name, since] : kSince) {
    answers[name] = !since.empty() && release_of(version) >= release_of(since);
  }
  return answers;
}

class Features : public BootedMachine {
 protected:
  std::vector<Feature> probe(const std::string& version, Caps caps = Caps::all,
                             const std::string& cpus = kFourCpus) {
    return probe_features(*boot(version, caps, cpus));
  }
  Answers answers(const std::string& version, Caps caps = Caps::all, const std::string& cpus = kFourCpus) {
    return answers_of(probe(version, caps, cpus));
  }
  Feature one(const std::string& name, const std::string& version, Caps caps = Caps::all,
              const std::string& cpus = kFourCpus) {
    const auto features = probe(version, caps, cpus);
    const auto at = std::ranges::find(features, name, &Feature::name);
    return at == features.end() ? Feature{} : *at;
  }
};

// What cannot be had without CAP_SYS_ADMIN, the simulation's only capability besides CAP_BPF.
constexpr std::array kForAdmins = {"element_iterator", "interrupt_no_prealloc", "map_ids",
                                   "programs_by_interrupt", "zero_seed"};

TEST_F(Features, are_those_of_the_version) {
  for (const std::string& version : kVersions) {
    EXPECT_EQ(answers(version), answers_by_table(version)) << version;
  }
}

TEST_F(Features, say_since_when) {
  for (const Feature& feature : probe("6.18")) {
    EXPECT_EQ(feature.since, kSince.find(feature.name)->second) << feature.name;
  }
}

TEST_F(Features, of_cap_bpf_are_all_but_those_of_admins) {
  for (const std::string& version : kVersions) {
    if (release_of(version) < KernelVersion{5, 8}) continue;  // there it is no capability
    Answers expected = answers_by_table(version);
    for (const char* name : kForAdmins) expected[name] = false;
    EXPECT_EQ(answers(version, Caps::bpf), expected) << version;
  }
}

// Up to 5.18 nothing can be called; later what needs no map can be told, and from 6.5 on what is checked
// before the right.
TEST_F(Features, of_a_user_without_rights_are_no_more_than_what_is_there) {
  const std::vector<std::string> without_map = {
      "batch_commands", "cpu_flags",       "cpu_flag_with_exist",       "cpu_flag_zeroes_slots",
      "first_key",      "freeze",          "freeze_without_capability", "lookup_and_delete",
      "map_info",       "memlock_is_usage"};
  for (const std::string& version : kVersions) {
    for (const Caps caps : {Caps::none, Caps::bpf}) {
      const KernelVersion kernel = release_of(version);
      if (caps == Caps::bpf && kernel >= KernelVersion{5, 8}) continue;
      const Answers table = answers_by_table(version);
      const bool commands = kernel >= KernelVersion{5, 19};
      Answers expected;
      for (const auto& [name, there] : table) expected[name] = false;
      for (const std::string& name : without_map) expected[name] = std::nullopt;
      for (const char* name : {"bpffs", "cap_bpf", "kernel_btf"}) expected[name] = table.at(name);
      for (const char* name : {"commands", "access_modes"}) expected[name] = commands;
      expected["value_size_check"] = kernel >= KernelVersion{6, 12};
      EXPECT_EQ(answers(version, caps), expected) << version;
    }
  }
}

TEST_F(Features, that_are_missing_say_why) {
  for (const std::string& version : kVersions) {
    for (const Caps caps : {Caps::all, Caps::bpf, Caps::none}) {
      for (const Feature& feature : probe(version, caps)) {
        const bool missing = feature.available != std::optional(true);
        EXPECT_EQ(feature.missing.empty(), !missing) << version << " " << feature.name;
        EXPECT_EQ(feature.reason.empty(), !missing) << version << " " << feature.name;
        EXPECT_NE(feature.missing, "system") << version << " " << feature.name << ": " << feature.reason;
      }
    }
  }
}

TEST_F(Features, name_what_is_missing) {
  EXPECT_EQ(one("batch_commands", "5.4").reason, "needs Linux 5.6");
  EXPECT_EQ(one("batch_commands", "5.4").missing, "kernel");
  EXPECT_EQ(one("cpu_flag_with_exist", "7.1").reason, "no Linux up to 7.2 has it");
  EXPECT_EQ(one("programs", "6.18", Caps::none).reason, "needs CAP_BPF");
  EXPECT_EQ(one("programs", "6.18", Caps::none).missing, "capability");
  EXPECT_EQ(one("programs", "5.6", Caps::bpf).reason, "needs CAP_SYS_ADMIN") << "CAP_BPF came with 5.8";
  EXPECT_EQ(one("programs_by_interrupt", "6.18", Caps::bpf).reason, "needs CAP_BPF and CAP_PERFMON");
  EXPECT_EQ(one("batch_commands", "6.18", Caps::none).missing, "capability");
  EXPECT_EQ(one("kernel_btf", "4.19").missing, "btf");
}

// Of another slot's remains nothing can be seen.
TEST_F(Features, with_one_cpu_slots_of_others_cannot_be_told) {
  for (const char* name : {"program_zeroes_slots", "cpu_flag_zeroes_slots"}) {
    const Feature feature = one(name, "7.1", Caps::all, "0");
    EXPECT_FALSE(feature.available.has_value()) << name;
    EXPECT_EQ(feature.missing, "cpu") << name;
  }
  EXPECT_EQ(answers("7.1", Caps::all, "0").at("cpu_flags"), true);
}

TEST_F(Features, are_the_same_with_holes_among_the_cpus) {
  for (const char* version : {"5.6", "6.18", "7.1", "7.2"}) {
    EXPECT_EQ(answers(version, Caps::all, "0,3,8"), answers_by_table(version)) << version;
  }
}

// No kernel that can be simulated does, so one is made of faults, in the last updates of all.
TEST_F(Features, find_exist_where_it_is_minded) {
  const auto faults = std::make_shared<Faults>();
  const auto backend = make_faulty_backend(boot("7.1"), faults);
  probe_features(*backend);
  const uint64_t updates = faults->calls(Call::update);
  faults->fail(Call::update, 2 * updates - 2, ENOENT);
  EXPECT_EQ(answers_of(probe_features(*backend)).at("cpu_flag_with_exist"), false);
  faults->fail(Call::update, 3 * updates - 2, ENOENT);
  faults->fail(Call::update, 3 * updates, EEXIST);
  EXPECT_EQ(answers_of(probe_features(*backend)).at("cpu_flag_with_exist"), true);
}

TEST_F(Features, that_fail_otherwise_cannot_be_told) {
  const auto faults = std::make_shared<Faults>();
  const auto backend = make_faulty_backend(boot("6.18"), faults);
  faults->fail(Call::create, 1, UINT64_MAX, EMFILE);
  for (const Feature& feature : probe_features(*backend)) {
    if (feature.name != "percpu_hash" && feature.name != "batch_commands" && feature.name != "programs")
      continue;
    EXPECT_FALSE(feature.available.has_value()) << feature.name;
    EXPECT_EQ(feature.missing, "system") << feature.name;
    EXPECT_NE(feature.reason.find("EMFILE"), std::string::npos) << feature.reason;
  }
}

TEST_F(Features, leave_nothing_behind) {
  for (const std::string& version : kVersions) {
    const auto backend = boot(version);
    probe_features(*backend);
    uint32_t id = 0;
    EXPECT_EQ(ENOENT, code(backend->next_id(0, id))) << version;
    EXPECT_TRUE(backend->pinned_paths().empty()) << version;
  }
}

}  // namespace
}  // namespace percpumap::test
