#include <gtest/gtest.h>

#include <string>

#include "base/privileges.h"

namespace percpumap {
namespace {

std::string status(const std::string& effective, const std::string& seccomp) {
  return "Name:\tpercpumap\nCapPrm:\t000001ffffffffff\nCapEff:\t" + effective +
         "\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t0\nSeccomp:\t" + seccomp + "\nSeccomp_filters:\t1\n";
}

Right right(const std::string& effective) {
  return parse_privileges(status(effective, "0")).right;
}

TEST(Privileges, AreTheGreatestRightOfTheEffectiveCapabilities) {
  EXPECT_EQ(right("0000000000000000"), Right::none);
  EXPECT_EQ(right("00000000800405fb"), Right::none) << "what containers have";
  EXPECT_EQ(right("0000004000000000"), Right::none) << "CAP_PERFMON alone";
  EXPECT_EQ(right("0000008000000000"), Right::bpf);
  EXPECT_EQ(right("000000c000000000"), Right::bpf_and_perfmon);
  EXPECT_EQ(right("0000000000200000"), Right::sys_admin);
  EXPECT_EQ(right("000001ffffffffff"), Right::sys_admin);
}

TEST(Privileges, OverrideModesByOneCapabilityAlone) {
  EXPECT_TRUE(parse_privileges(status("0000000000000002", "0")).overrides_modes) << "CAP_DAC_OVERRIDE";
  EXPECT_FALSE(parse_privileges(status("0000000000200000", "0")).overrides_modes) << "CAP_SYS_ADMIN";
  EXPECT_FALSE(parse_privileges("").overrides_modes);
}

TEST(Privileges, KnowASeccompFilterFromStrictModeAndNone) {
  EXPECT_TRUE(parse_privileges(status("0", "2")).seccomp_filter);
  EXPECT_FALSE(parse_privileges(status("0", "1")).seccomp_filter);
  EXPECT_FALSE(parse_privileges(status("0", "0")).seccomp_filter);
}

TEST(Privileges, AreNoneWhereNothingCanBeRead) {
  for (const char* text : {"", "Name:\tx\n", "\nCapEff:\t", "\nCapEff:\tzz\nSeccomp:\t\n"}) {
    EXPECT_EQ(parse_privileges(text).right, Right::none) << text;
    EXPECT_FALSE(parse_privileges(text).seccomp_filter) << text;
  }
}

}  // namespace
}  // namespace percpumap
