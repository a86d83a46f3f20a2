#include <cstdlib>
#include <iostream>

#include "fuzz/json_judge.h"
#include "fuzz/targets.h"

namespace percpumap::test {

void fuzz_json(std::string_view text) {
  const std::string difference = json_disagreement(text);
  if (difference.empty()) return;
  std::cerr << difference << "\n";
  abort();
}

}  // namespace percpumap::test
