// Dumps and imports stream: what they hold at once does not grow with the map.
#include "kernel/kernel_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

constexpr size_t kEntries = 300000;  // some 40 MB in the kernel's buffers, 100 MB as text
constexpr size_t kKibibytes = size_t{32} * 1024;

// Why the peak of resident memory is not the program's own; empty when it is.
std::string foreign_memory() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return "a sanitizer holds memory of its own";
#else
  return "";
#endif
}

class MemoryTest : public KernelTest {
 protected:
  void SetUp() override {
    SKIP_UNLESS_EMPTY(foreign_memory());
    SKIP_UNLESS_EMPTY(missing_program({"time"}));
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    out_of("percpumap create $PINS/t key 8 value 64 entries " + std::to_string(kEntries));
    write("entries", entry_lines(kEntries, {8, 64}, possible_cpus()));
    empty_ = peak("--version");
  }

  // Peak of resident memory in KiB.
  size_t peak(const std::string& command) const {
    out_of("time --format=%M --output=peak percpumap -q " + command + " > /dev/null");
    return std::stoul(read("peak"));
  }

  void expect_little(const std::string& command) const {
    EXPECT_LE(peak(command), empty_ + kKibibytes) << command;
  }

 private:
  size_t empty_ = 0;
};

TEST_F(MemoryTest, ImportsAndDumpsHoldNoMoreThan32MiB) {
  expect_little("import $PINS/t entries");
  EXPECT_EQ(json_of("percpumap -j stats $PINS/t").at("entries"), kEntries);
  for (const std::string format : {"json", "table", "csv"}) {
    expect_little("-o " + format + " dump $PINS/t --jobs 1");
    expect_little("-o " + format + " dump $PINS/t --jobs 2");
  }
}

}  // namespace
}  // namespace percpumap::test
