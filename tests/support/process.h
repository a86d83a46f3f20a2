// Runs a program and keeps what it said.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace percpumap::test {

struct Command {
  std::vector<std::string> argv;  // argv[0] is looked up in this process's PATH
  std::string input;              // all of stdin
  std::vector<std::pair<std::string, std::string>> environment;  // over this process's own
  std::string directory;                                         // empty: this process's
  std::chrono::milliseconds time_out = std::chrono::seconds(60);
};

struct Outcome {
  int status = 0;  // exit status; 128 + n after signal n, as a shell has it
  bool timed_out = false;
  std::string out;
  std::string err;
};

// The command and all it started is killed at the time-out. Throws std::system_error when it
// cannot be started.
Outcome run(const Command& command);

// The command that runs `script` by /bin/sh -c.
Command shell(std::string_view script);

}  // namespace percpumap::test
