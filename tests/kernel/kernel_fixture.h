// What the kernel tests have in common: a kernel, a bpffs of their own, the program and its judge.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/world.h"
#include "kernel/entries.h"
#include "kernel/kernel_namespace.h"

namespace percpumap::test {

// Each test has an empty bpffs at /sys/fs/bpf that only it and what it starts can see, searchable for
// everyone; pins and maps are gone with the test. Skips with its reason where that cannot be had.
class KernelTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Which backend the scripts use.
  virtual Ground ground() const { return Ground::kernel; }

  // Runs a script in this test's World: $PINS, $TMP (the working directory), $NAME.
  Outcome sh(std::string_view script) const { return world_->run(script); }
  // stdout of a script; a test failure if it does not end with 0.
  std::string out_of(std::string_view script) const;
  Json json_of(std::string_view script) const;
  // Writes and reads a file in $TMP.
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;

 private:
  std::unique_ptr<KernelNamespace> mounts_;
  std::unique_ptr<World> world_;
};

// Why a test that runs these programs cannot; empty when it can.
std::string missing_program(const std::vector<std::string>& programs);

}  // namespace percpumap::test
