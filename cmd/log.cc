#include "cmd/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace percpumap {
namespace {

int verbosity = 0;

// Made when something is first said: most runs say nothing.
spdlog::logger& logger() {
  static const std::unique_ptr<spdlog::logger> instance = [] {
    auto made =
        std::make_unique<spdlog::logger>("percpumap", std::make_shared<spdlog::sinks::stderr_sink_st>());
    made->set_pattern("%n: %v");
    made->set_level(verbosity >= 2   ? spdlog::level::trace
                    : verbosity == 1 ? spdlog::level::debug
                    : verbosity == 0 ? spdlog::level::info
                                     : spdlog::level::err);
    return made;
  }();
  return *instance;
}

}  // namespace

void set_verbosity(int level) {
  verbosity = level;
}
bool verbose(int level) {
  return verbosity >= level;
}

void warn(const std::string& text) {
  logger().error(text);
}
void note(const std::string& text) {
  logger().info(text);
}
void detail(const std::string& text, int level) {
  logger().log(level >= 2 ? spdlog::level::trace : spdlog::level::debug, text);
}

}  // namespace percpumap
