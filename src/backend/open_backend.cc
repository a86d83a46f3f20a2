#include "backend/open_backend.h"

#include <unistd.h>

#include <cstdlib>

#include "backend/syscall_backend.h"
#include "base/error.h"
#include "sim/sim_backend.h"

namespace percpumap {
namespace {

std::string default_sim_directory() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime != '\0') return std::string(runtime) + "/percpumap";
  return "/tmp/percpumap-" + std::to_string(getuid());
}

}  // namespace

std::optional<std::string> sim_directory(std::string_view where) {
  if (where == "sim") return default_sim_directory();
  if (where.starts_with("sim:") && where.size() > 4) return std::string(where.substr(4));
  return std::nullopt;
}

std::unique_ptr<Backend> open_backend(std::string_view where) {
  if (where == "syscall") return make_syscall_backend();
  if (const auto directory = sim_directory(where)) return make_sim_backend(*directory);
  throw Error(Problem::usage, "unknown backend '" + std::string(where) + "'")
      .advise("the backends are 'syscall' (the real kernel), 'sim' and 'sim:DIR'");
}

}  // namespace percpumap
