#include <cstdlib>

#include "fuzz/targets.h"
#include "sim/machine.h"

namespace percpumap::test {

void fuzz_machine(std::string_view text) {
  std::string why;
  const auto machine = parse_machine(text, &why);
  if (machine.has_value() != why.empty()) abort();
  if (machine && parse_machine(to_text(*machine)) != machine) abort();
}

}  // namespace percpumap::test
