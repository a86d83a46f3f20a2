// Why a program could not be run on a map, and who may do what about it.
#pragma once

#include <system_error>

#include "base/error.h"
#include "map/map.h"

namespace percpumap {

// The Error for what RawMap::run_program() answered on `cpu`; `operation` is the command's ("add", "zero",
// …).
//   EPERM, EACCES, ENODEV  not_permitted
//   EINVAL, EOPNOTSUPP     unsupported: names the release that has it
//   others                 system, no_memory
Error program_failure(Backend& backend, const Map& map, std::error_code ec, const ProgramCall& call,
                      uint32_t cpu, std::string_view operation);

}  // namespace percpumap
