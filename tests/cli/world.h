// What one case runs in: a kernel, a place for pins, a directory, the program under its name.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/process.h"

namespace percpumap::test {

enum class Ground { sim, kernel };

std::string_view ground_name(Ground ground);

// Commands run in $TMP, a fresh directory, which also has the simulated machine. $PINS is a fresh directory
// for pins, of the same name on both grounds. $NAME is a map name that no other map has. All is removed at
// the end, and with the pins the maps.
class World {
 public:
  // `program`: the path of the percpumap to run. Throws std::system_error when a directory cannot be made.
  World(Ground ground, const std::string& program);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Runs `script` by /bin/sh. In its output the names of this world's places stand as the variables.
  Outcome run(std::string_view script) const;

  // A further variable for the scripts to come.
  void set(const std::string& name, const std::string& value);

  // $TMP, for files that are too large for a script.
  const std::string& directory() const { return tmp_; }

 private:
  std::string with_variables(std::string text) const;

  Ground ground_;
  std::string tmp_;
  std::string pins_;
  std::string name_;
  std::vector<std::pair<std::string, std::string>> variables_;
};

}  // namespace percpumap::test
