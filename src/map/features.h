// What a kernel, and this process on it, can do with per-CPU hash maps.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/backend.h"

namespace percpumap {

struct Feature {
  std::string_view name;          // stable
  std::string_view since;         // the first release of Linux that has it; empty: none up to 7.2
  std::optional<bool> available;  // to this process; nullopt: it cannot be told
  std::string_view
      missing;         // where not true: "kernel", "capability", "seccomp", "bpffs", "btf", "cpu", "system"
  std::string reason;  // the same for people; empty where available
};

// Found by trying, not by the kernel's version, and without a trace: maps that are made for it have no pins
// and are closed at once. The calling thread is bound to its CPU meanwhile. Needs no rights, for what is
// missing is the answer.
std::vector<Feature> probe_features(Backend& backend);

}  // namespace percpumap
