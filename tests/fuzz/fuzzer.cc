// libFuzzer's door to the target that the build names.
#include <cstddef>
#include <cstdint>

#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  percpumap::test::PERCPUMAP_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
