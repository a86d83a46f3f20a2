// A directory for a simulated machine, gone after the test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace percpumap::test {

class SimDirectoryTest : public testing::Test {
 protected:
  SimDirectoryTest() : root_(testing::TempDir() + "percpumap-sim-XXXXXX") {
    EXPECT_NE(nullptr, mkdtemp(root_.data()));
  }
  ~SimDirectoryTest() override { std::filesystem::remove_all(root_); }

  // Does not exist yet; its parent does.
  std::string directory() const { return root_ + "/machine"; }
  const std::string& root() const { return root_; }

 private:
  std::string root_;
};

}  // namespace percpumap::test
