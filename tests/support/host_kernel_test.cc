#include "support/host_kernel.h"

#include <gtest/gtest.h>

namespace percpumap::test {
namespace {

TEST(HostKernel, IsReadFromTheRelease) {
  EXPECT_EQ((KernelVersion{6, 18, 44}), kernel_of("6.18.44", "#1 SMP PREEMPT_DYNAMIC"));
  EXPECT_EQ((KernelVersion{6, 8, 0}), kernel_of("6.8.0-49-generic", "#49-Ubuntu SMP"));
}

TEST(HostKernel, OfDebianHasItsPatchLevelInTheVersion) {
  EXPECT_EQ((KernelVersion{5, 10, 223}),
            kernel_of("5.10.0-32-cloud-amd64", "#1 SMP Debian 5.10.223-1 (2024-08-10)"));
  EXPECT_EQ(
      (KernelVersion{6, 12, 95}),
      kernel_of("6.12.95+deb12-cloud-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.95-1~bpo12+1 (2026-07-05)"));
}

TEST(HostKernel, ThatTheSimulationDoesNotKnowIsNone) {
  EXPECT_EQ(std::nullopt, kernel_of("4.4.0", "#1 SMP"));
  EXPECT_EQ(std::nullopt, kernel_of("99.0-rc1", "#1 SMP"));
}

}  // namespace
}  // namespace percpumap::test
