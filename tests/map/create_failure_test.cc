#include "map/create_failure.h"

#include <cerrno>
#include <functional>

#include "base/error.h"
#include "contract/booted_machine.h"
#include "map_fixture.h"

namespace percpumap::test {
namespace {

class CreateFailures : public MapTest {
 protected:
  std::string why(const std::function<void(MapSpec&)>& spoil) {
    MapSpec spec = small_spec();
    spoil(spec);
    try {
      make(spec);
      return "made";
    } catch (const Error& error) {
      EXPECT_EQ(error.problem(), Problem::bad_data);
      return error.what();
    }
  }
};
PERCPUMAP_FOR_EVERY_BACKEND(CreateFailures);

TEST_P(CreateFailures, TheZeroIsNamed) {
  EXPECT_EQ(why([](MapSpec& spec) { spec.key_size = 0; }), "the key size cannot be 0");
  EXPECT_EQ(why([](MapSpec& spec) { spec.value_size = 0; }), "the value size cannot be 0");
  EXPECT_EQ(why([](MapSpec& spec) { spec.max_entries = 0; }), "the number of entries cannot be 0");
}

TEST_P(CreateFailures, TheLimitIsNamed) {
  EXPECT_EQ(why([](MapSpec& spec) { spec.value_size = 32769; }),
            "the value size 32769 is above the kernel's limit of 32768 bytes per CPU");
  EXPECT_EQ(why([](MapSpec& spec) { spec.key_size = 5 << 20; }),
            "key size 5242880 and value size 8 together reach the kernel's limit of 4194256 bytes");
  EXPECT_EQ(why([](MapSpec& spec) { spec.max_entries = 3000000000; }),
            "3000000000 entries are above the kernel's limit of 134217728 (2^27)");
}

TEST_P(CreateFailures, FlagsThatContradictEachOtherAreNamed) {
  EXPECT_EQ(why([](MapSpec& spec) { spec.flags = kReadOnly | kWriteOnly; }),
            "flags rdonly and wronly exclude each other");
  EXPECT_EQ(why([](MapSpec& spec) { spec.flags = kReadOnlyProg | kWriteOnlyProg; }),
            "flags rdonly_prog and wronly_prog exclude each other");
  EXPECT_EQ(why([](MapSpec& spec) { spec.flags = 1U << 10; }),
            "a per-CPU hash map does not take the flags 0x400");
  EXPECT_EQ(why([](MapSpec& spec) { spec.flags = kNumaNode, spec.numa_node = 0; }),
            "a per-CPU hash map can have no NUMA node but -1: each CPU's values are on its own node");
}

TEST_P(CreateFailures, TheNameIsNamed) {
  EXPECT_EQ(why([](MapSpec& spec) { spec.name = "no-dash"; }),
            "the name 'no-dash' is not 1 to 15 letters, digits, '_' or '.'");
  EXPECT_EQ(why([](MapSpec& spec) { spec.name = "sixteen_letters_"; }),
            "the name 'sixteen_letters_' is not 1 to 15 letters, digits, '_' or '.'");
}

class RefusedCreate : public BootedMachine {};

TEST_F(RefusedCreate, SaysWhichCapabilityIsMissing) {
  MapSpec spec = small_spec();
  spec.flags = 0;
  Error error = create_failure(*boot("6.18", Caps::none), spec, errno_code(EPERM));
  EXPECT_EQ(error.problem(), Problem::not_permitted);
  EXPECT_NE(error.hint.find("CAP_BPF"), std::string::npos);
  EXPECT_NE(error.hint.find("--backend sim"), std::string::npos);
  spec.flags = kZeroSeed;
  error = create_failure(*boot("6.18", Caps::bpf), spec, errno_code(EPERM));
  EXPECT_NE(error.hint.find("CAP_SYS_ADMIN"), std::string::npos);
}

}  // namespace
}  // namespace percpumap::test
