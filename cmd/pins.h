// Which paths pin which map.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backend/backend.h"

namespace percpumap {

// Every pin this process can see and open, by map id, paths sorted.
std::map<uint32_t, std::vector<std::string>> all_pins(Backend& backend);

// Those of one map.
std::vector<std::string> pins_of(Backend& backend, uint32_t id);

}  // namespace percpumap
