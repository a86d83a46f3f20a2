#include "cli/world.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace percpumap::test {
namespace {

namespace fs = std::filesystem;

std::string unique_id() {
  static int count = 0;
  return std::to_string(getpid()) + "-" + std::to_string(++count);
}

std::string make_directory() {
  std::string path = (fs::temp_directory_path() / "percpumap-cli-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) throw std::system_error(errno, std::generic_category(), path);
  return path;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

std::string path_with(const std::string& directory) {
  const char* path = std::getenv("PATH");
  return directory + ":" + (path != nullptr ? path : "/usr/sbin:/usr/bin:/sbin:/bin");
}

}  // namespace

std::string_view ground_name(Ground ground) {
  return ground == Ground::sim ? "sim" : "kernel";
}

World::World(Ground ground, const std::string& program) : ground_(ground), tmp_(make_directory()) {
  const std::string id = unique_id();
  pins_ = "/sys/fs/bpf/percpumap-cli-" + id;
  name_ = "c" + id;
  replace_all(name_, "-", "_");

  fs::create_directories(tmp_ + "/bin");
  fs::create_symlink(fs::absolute(program), tmp_ + "/bin/percpumap");
  if (ground == Ground::sim) {
    fs::create_directories(tmp_ + "/sim/pins/percpumap-cli-" + id);
  } else {
    fs::create_directory(pins_);
  }
}

World::~World() {
  std::error_code ignored;
  if (ground_ == Ground::kernel) fs::remove_all(pins_, ignored);
  fs::remove_all(tmp_, ignored);
}

void World::set(const std::string& name, const std::string& value) {
  variables_.emplace_back(name, value);
}

Outcome World::run(std::string_view script) const {
  Command command = shell(script);
  command.directory = tmp_;
  command.environment = {{"PATH", path_with(tmp_ + "/bin")},
                         {"TMP", tmp_},
                         {"PINS", pins_},
                         {"NAME", name_},
                         {"LC_ALL", "C"},
                         {"PERCPUMAP_BACKEND", ground_ == Ground::sim ? "sim:" + tmp_ + "/sim" : "syscall"}};
  command.environment.insert(command.environment.end(), variables_.begin(), variables_.end());
  Outcome outcome = percpumap::test::run(command);
  outcome.out = with_variables(std::move(outcome.out));
  outcome.err = with_variables(std::move(outcome.err));
  return outcome;
}

std::string World::with_variables(std::string text) const {
  replace_all(text, pins_, "$PINS");
  replace_all(text, tmp_, "$TMP");
  replace_all(text, name_, "$NAME");
  return text;
}

}  // namespace percpumap::test
