// Runs every case of the *.case files with the real binary, on the simulated and on the real kernel.
//
// PERCPUMAP_BINARY and PERCPUMAP_CASES in the environment override the program and the directory of cases
// that were compiled in, so that this runs elsewhere, too, where there is no more than /bin/sh.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/cpu_list.h"
#include "cli/case_file.h"
#include "cli/expectation.h"
#include "cli/world.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

std::string from_environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

unsigned possible_cpus() {
  std::string text;
  std::getline(std::ifstream("/sys/devices/system/cpu/possible"), text);
  const auto list = CpuList::parse(text);
  return list && !list->empty() ? static_cast<unsigned>(list->size()) : 1;
}

bool in_path(const std::string& program) {
  std::istringstream path(from_environment("PATH", ""));
  for (std::string directory; std::getline(path, directory, ':');) {
    if (access(directory.append("/").append(program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// Why this case cannot run on this ground; empty when it can.
std::string cannot_run(const Case& one, Ground ground) {
  if (one.min_cpus > possible_cpus()) return "needs " + std::to_string(one.min_cpus) + " possible CPUs";
  for (const std::string& program : one.needs) {
    if (!in_path(program)) return "needs the program " + program;
  }
  return ground == Ground::kernel ? kernel_maps_unusable() : "";
}

// Everything in which a step's outcome is not what was expected; empty when it is.
std::string complaint(const Step& step, const Outcome& seen) {
  std::string text;
  if (const std::string out = difference(step.out, seen.out); !out.empty()) text += "stdout\n" + out;
  if (const std::string err = difference(step.err, seen.err); !err.empty()) text += "stderr\n" + err;
  if (seen.timed_out) text += "killed: it ran too long\n";
  if (seen.status != step.status) {
    text += "exit status\n- " + std::to_string(step.status) + "\n+ " + std::to_string(seen.status) + "\n";
  }
  return text;
}

class CaseTest : public testing::Test {
 public:
  CaseTest(const Case& one, Ground ground) : case_(one), ground_(ground) {}

  void TestBody() override {
    SKIP_UNLESS_EMPTY(cannot_run(case_, ground_));
    const World world(ground_, from_environment("PERCPUMAP_BINARY", PERCPUMAP_PROGRAM));
    for (const Step& step : case_.steps) {
      const std::string wrong = complaint(step, world.run(step.command));
      if (!wrong.empty()) {
        FAIL() << case_.file << ".case:" << step.line << " (" << ground_name(ground_) << ")\n$ "
               << step.command << "\n"
               << wrong;
      }
    }
  }

 private:
  const Case& case_;
  Ground ground_;
};

// A test's name may have letters, digits and underscores.
std::string identifier(const std::string& title) {
  std::string name;
  for (const char c : title) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

// REQUIRES that the case lives until the tests have run.
void register_case(const Case& one) {
  for (const Ground ground : {Ground::sim, Ground::kernel}) {
    if (!one.only.empty() && one.only != ground_name(ground)) continue;
    const std::string test = identifier(one.title) + "/" + std::string(ground_name(ground));
#ifndef __clang_analyzer__  // it sees a leak in RegisterTest itself
    testing::RegisterTest(one.file.c_str(), test.c_str(), nullptr, nullptr, __FILE__, one.line,
                          [&one, ground]() -> testing::Test* { return new CaseTest(one, ground); });
#endif
  }
}

int run_all(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const std::vector<Case> cases = read_cases(from_environment("PERCPUMAP_CASES", PERCPUMAP_CASE_DIRECTORY));
  for (const Case& one : cases) register_case(one);
  return RUN_ALL_TESTS();
}

}  // namespace
}  // namespace percpumap::test

int main(int argc, char** argv) {
  try {
    return percpumap::test::run_all(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
