#include "cli/host.h"

#include <gtest/gtest.h>

namespace percpumap::test {
namespace {

TEST(Host, FindsTheFirstOfflineCpu) {
  Host host = {.kernel = {}, .possible = CpuList({0, 1, 2, 3}), .online = CpuList({0, 2})};
  EXPECT_EQ(host.offline_cpu(), 1U);
  host.online = host.possible;
  EXPECT_EQ(host.offline_cpu(), std::nullopt);
}

}  // namespace
}  // namespace percpumap::test
