// Simulated machines of any kernel version, booted by tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "contract/sim_directory.h"
#include "sim/machine.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"

namespace percpumap::test {

inline constexpr auto kFourCpus = "0-3";

class BootedMachine : public SimDirectoryTest {
 protected:
  // A machine of its own for each call.
  std::unique_ptr<Backend> boot(const std::string& version, Caps caps = Caps::all,
                                const std::string& cpus = kFourCpus) {
    const std::string where = root() + "/machine-" + std::to_string(++booted_);
    std::filesystem::create_directory(where);
    std::filesystem::permissions(where, std::filesystem::perms::owner_all);
    return reboot(where, version, caps, cpus);
  }
  // The machine of the last boot() with other rights, its maps kept: another user sits down.
  std::unique_ptr<Backend> as(const std::string& version, Caps caps) {
    return reboot(root() + "/machine-" + std::to_string(booted_), version, caps, kFourCpus);
  }

  static int create(Backend& backend, const MapSpec& spec) {
    std::unique_ptr<RawMap> map;
    return code(backend.create(spec, map));
  }
  int create(const std::string& version, const MapSpec& spec, Caps caps = Caps::all) {
    return create(*boot(version, caps), spec);
  }
  std::unique_ptr<RawMap> make(const std::string& version, const MapSpec& spec = plain(),
                               const std::string& cpus = kFourCpus) {
    std::unique_ptr<RawMap> map;
    EXPECT_EQ(0, code(boot(version, Caps::all, cpus)->create(spec, map))) << version;
    return map;
  }

  static MapSpec plain() {
    MapSpec spec = small_spec();
    spec.flags = 0;
    return spec;
  }
  static MapSpec with(uint32_t flags) {
    MapSpec spec = plain();
    spec.flags = flags;
    return spec;
  }
  static MapSpec sized(uint32_t key_size, uint32_t value_size, uint32_t max_entries, uint32_t flags = 0) {
    MapSpec spec = with(flags);
    spec.key_size = key_size;
    spec.value_size = value_size;
    spec.max_entries = max_entries;
    return spec;
  }
  static MapSpec named(const std::string& name) {
    MapSpec spec = plain();
    spec.name = name;
    return spec;
  }

  static uint64_t memlock(RawMap& map) {
    MapUsage usage;
    EXPECT_EQ(0, code(map.usage(usage)));
    return usage.memlock;
  }

 private:
  static std::unique_ptr<Backend> reboot(const std::string& where, const std::string& version, Caps caps,
                                         const std::string& cpus) {
    const CpuList list = *CpuList::parse(cpus);
    write_machine(where, {list, list, *parse_kernel_version(version), caps});
    return make_sim_backend(where);
  }

  int booted_ = 0;
};

}  // namespace percpumap::test
