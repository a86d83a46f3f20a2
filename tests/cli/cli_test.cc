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
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "cli/case_file.h"
#include "cli/expectation.h"
#include "cli/host.h"
#include "cli/world.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

std::string from_environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

bool in_path(const std::string& program) {
  std::istringstream path(from_environment("PATH", ""));
  for (std::string directory; std::getline(path, directory, ':');) {
    if (access(directory.append("/").append(program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// Whether a case is about this ground of this host. A simulated kernel is made to be what a case is about.
bool is_about(const Case& one, Ground ground, const Host& host) {
  if (!one.only.empty() && one.only != ground_name(ground)) return false;
  if (ground == Ground::sim) return true;
  return (!one.from || host.kernel >= *one.from) && (!one.to || *one.to >= host.kernel) &&
         (!one.offline || host.offline_cpu());
}

// The command that makes the simulated machine that `one` is about; empty when any will do.
std::string sim_init(const Case& one) {
  std::string options;
  if (one.offline) options += " --cpus 0-3 --online 0-1";
  if (const auto& version = one.from ? one.from : one.to) options += " --kernel " + to_string(*version);
  return options.empty() ? "" : "percpumap -q sim init" + options;
}

// Makes the machine what `one` is about. Throws std::runtime_error when it cannot.
void prepare(World& world, const Case& one, Ground ground, const Host& host) {
  if (one.offline)
    world.set("OFFLINE", std::to_string(ground == Ground::sim ? 2 : host.offline_cpu().value()));
  if (ground == Ground::kernel) return;
  const std::string command = sim_init(one);
  if (command.empty()) return;
  const Outcome made = world.run(command);
  if (made.status != 0) throw std::runtime_error(made.err);
}

// Why this case cannot run on this ground; empty when it can.
std::string cannot_run(const Case& one, Ground ground, const Host& host) {
  if (one.min_cpus > host.possible.size()) return "needs " + std::to_string(one.min_cpus) + " possible CPUs";
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
  CaseTest(const Case& one, Ground ground, const Host& host) : case_(one), ground_(ground), host_(host) {}

  void TestBody() override {
    SKIP_UNLESS_EMPTY(cannot_run(case_, ground_, host_));
    World world(ground_, from_environment("PERCPUMAP_BINARY", PERCPUMAP_PROGRAM));
    prepare(world, case_, ground_, host_);
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
  const Host& host_;
};

// A test's name may have letters, digits and underscores.
std::string identifier(const std::string& title) {
  std::string name;
  for (const char c : title) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

// REQUIRES that the case and the host live until the tests have run.
void register_case(const Case& one, const Host& host) {
  for (const Ground ground : {Ground::sim, Ground::kernel}) {
    if (!is_about(one, ground, host)) continue;
    const std::string test = identifier(one.title) + "/" + std::string(ground_name(ground));
#ifndef __clang_analyzer__  // it sees a leak in RegisterTest itself
    testing::RegisterTest(
        one.file.c_str(), test.c_str(), nullptr, nullptr, __FILE__, one.line,
        [&one, ground, &host]() -> testing::Test* { return new CaseTest(one, ground, host); });
#endif
  }
}

int run_all(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const std::vector<Case> cases = read_cases(from_environment("PERCPUMAP_CASES", PERCPUMAP_CASE_DIRECTORY));
  const Host host = this_host();
  for (const Case& one : cases) register_case(one, host);
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
