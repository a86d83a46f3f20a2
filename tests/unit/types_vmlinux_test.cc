// The running kernel's types: thousands of structures that nobody wrote for us.
#include <bpf/btf.h>
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include "base/error.h"
#include "support/skip.h"
#include "types/btf.h"

namespace percpumap::test {
namespace {

std::string kernel_btf() {
  std::ostringstream text;
  text << std::ifstream("/sys/kernel/btf/vmlinux", std::ios::binary).rdbuf();
  return text.str();
}

struct Count {
  size_t layouts = 0;
  size_t refusals = 0;
};

void read_type(const Btf& btf, uint32_t id, uint32_t size, Count& count) {
  try {
    const Layout layout = btf.layout(id);
    EXPECT_EQ(layout.size(), size) << id;
    ++count.layouts;
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find("BTF type " + std::to_string(id) + ": "), 0U) << error.what();
    ++count.refusals;
  }
}

TEST(TypesVmlinux, EveryStructureBecomesALayoutOrSaysWhyNot) {
  const std::string blob = kernel_btf();
  SKIP_UNLESS_EMPTY(blob.empty() ? "this kernel shows no BTF in /sys/kernel/btf/vmlinux" : "");
  const clock_t begin = clock();
  const Btf btf(std::as_bytes(std::span(blob)));
  Count count;
  for (uint32_t id = 1; id < btf__type_cnt(btf.get()); ++id) {
    const btf_type* const type = btf__type_by_id(btf.get(), id);
    if (btf_is_composite(type)) read_type(btf, id, type->size, count);
  }
  const double seconds = static_cast<double>(clock() - begin) / CLOCKS_PER_SEC;
  RecordProperty("layouts", std::to_string(count.layouts));
  RecordProperty("refusals", std::to_string(count.refusals));
  RecordProperty("seconds", std::to_string(seconds));
  EXPECT_GT(count.layouts, 50 * count.refusals);
  EXPECT_LT(seconds, 10);
}

}  // namespace
}  // namespace percpumap::test
