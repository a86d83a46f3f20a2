#include "base/error.h"
#include "fuzz/targets.h"
#include "sim/faults.h"

namespace percpumap::test {

void fuzz_faults(std::string_view text) {
  try {
    Faults faults = parse_faults(text);
    for (int i = 0; i < 3; ++i) faults.meet(Call::lookup);
  } catch (const Error&) {
    return;  // refused with what is wrong
  }
}

}  // namespace percpumap::test
