// Skipping with a reason, and never where skipping is a failure.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace percpumap::test {

// Why maps of the real kernel cannot be made and pinned under /sys/fs/bpf by this process, and what would
// mend it; empty when they can.
std::string kernel_maps_unusable();

// PERCPUMAP_NO_SKIP=1 in the environment: set where everything is known to be there.
inline bool skipping_is_failure() {
  const char* word = std::getenv("PERCPUMAP_NO_SKIP");
  return word != nullptr && std::string(word) == "1";
}

}  // namespace percpumap::test

// Goes on if `reason` is empty; else the test skips with it, or fails where skipping is a failure. For the
// body of a test or SetUp.
#define SKIP_UNLESS_EMPTY(reason)                                                            \
  do {                                                                                       \
    const std::string skip_reason = (reason);                                                \
    if (!skip_reason.empty()) {                                                              \
      if (percpumap::test::skipping_is_failure()) FAIL() << "may not skip: " << skip_reason; \
      GTEST_SKIP() << skip_reason;                                                           \
    }                                                                                        \
  } while (false)
