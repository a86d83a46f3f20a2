// Every file of the corpora once, in the ordinary builds.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz/targets.h"

namespace percpumap::test {
namespace {

void replay(const std::string& name, void (*target)(std::string_view)) {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PERCPUMAP_CORPUS + name)) {
    SCOPED_TRACE(entry.path());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(file), {});
    target(content);
    ++files;
  }
  EXPECT_GT(files, 0U);
}

TEST(FuzzReplay, map_file) {
  replay("map_file", fuzz_map_file);
}

TEST(FuzzReplay, machine) {
  replay("machine", fuzz_machine);
}

TEST(FuzzReplay, faults) {
  replay("faults", fuzz_faults);
}

TEST(FuzzReplay, json) {
  replay("json", fuzz_json);
}

TEST(FuzzReplay, entries) {
  replay("entries", fuzz_entries);
}

TEST(FuzzReplay, literals) {
  replay("literals", fuzz_literals);
}

TEST(FuzzReplay, btf) {
  replay("btf", fuzz_btf);
}

TEST(FuzzReplay, declare) {
  replay("declare", fuzz_declare);
}

TEST(FuzzReplay, filter) {
  replay("filter", fuzz_filter);
}

}  // namespace
}  // namespace percpumap::test
