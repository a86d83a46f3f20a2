// Cases as people read them: a transcript of commands and what each must answer.
//
//   == title                      a case; what follows is its transcript
//   @only sim: reason             or `kernel`; the reason is shown when the other backend skips it
//   @kernel 5.14+                 only on this kernel and newer ones; the simulated one is made 5.14
//   @kernel 5.13-                 only on this kernel and older ones; the simulated one is made 5.13
//   @offline                      only where a CPU is offline, and $OFFLINE is one; simulated are 0-3, online
//   0-1
//   @cpus 2+                      skip on a machine with fewer possible CPUs
//   @needs setpriv                skip where PATH has no such program
//   $ percpumap lookup …          a command for /bin/sh; further lines of it after `> `
//   text                          a line of its stdout
//   ! text                        a line of its stderr
//   ? 1                           its exit status; 0 when not said
//
// What is `only` for other machines is no test here at all: that is not skipped, and the simulated kernel has
// it.
//
// Where a line of stdout or stderr is expected, `(re)` before it makes it an ECMAScript regular expression
// for the whole line, and `(any)` alone stands for any number of lines. A stream of which nothing is said
// must be empty. Lines that start with `# ` before the first command of a case, and empty lines before the
// next command or case, mean nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel_version.h"

namespace percpumap::test {

struct Step {
  int line = 0;  // of the `$` in its file
  std::string command;
  std::vector<std::string> out;
  std::vector<std::string> err;
  int status = 0;
};

struct Case {
  std::string file;  // "lookup": the file's name without directory and suffix
  std::string title;
  int line = 0;
  std::string only;                   // "sim", "kernel", or empty: both
  std::string reason;                 // why only there
  std::optional<KernelVersion> from;  // the oldest kernel
  std::optional<KernelVersion> to;    // the newest kernel
  bool offline = false;
  unsigned min_cpus = 1;
  std::vector<std::string> needs;
  std::vector<Step> steps;
};

// Throws std::runtime_error "FILE:LINE: …" for a line that is out of place, a case without a step, and two
// cases of one title.
std::vector<Case> parse_cases(std::string_view file, std::string_view text);

// parse_cases over every *.case in `directory`, in the order of their names. Throws also when there is none.
std::vector<Case> read_cases(const std::string& directory);

}  // namespace percpumap::test
