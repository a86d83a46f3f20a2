// What is no per-CPU hash map, is not there, or could be several: refused by name and with the reason.
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/kernel_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

using testing::AssertionFailure;
using testing::AssertionResult;
using testing::AssertionSuccess;

class WrongMapTest : public KernelTest {
 protected:
  // It ended with `status`, printed nothing on stdout, and stderr has `words`.
  static AssertionResult refused(const Outcome& outcome, int status, const std::string& words) {
    if (outcome.status == status && outcome.out.empty() && outcome.err.find(words) != std::string::npos)
      return AssertionSuccess();
    return AssertionFailure() << "status " << outcome.status << ", wanted " << status << " and '" << words
                              << "'\nstdout: " << outcome.out << "\nstderr: " << outcome.err;
  }

  // Every command that takes a map and would print or change its entries.
  void expect_all_refuse(const std::string& map, int status, const std::string& words) const {
    for (const std::string command :
         {"show MAP", "dump MAP", "batch-dump MAP", "lookup MAP key 0 0 0 0", "getnext MAP",
          "update MAP key 0 0 0 0 value 0 0 0 0 0 0 0 0", "delete MAP key 0 0 0 0", "pop MAP key 0 0 0 0",
          "import MAP /dev/null", "clear MAP", "freeze MAP", "pin MAP $PINS/other", "stats MAP",
          "batch-dump MAP --delete"}) {
      std::string line = "percpumap " + command;
      line.replace(line.find("MAP"), 3, map);
      EXPECT_TRUE(refused(sh(line), status, words)) << line;
    }
  }
};

// Pins a program at `path`.
void pin_program(const std::string& path) {
  const bpf_insn instructions[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .src_reg = 0, .off = 0, .imm = 0},
      {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
  const std::string license = "BSD";
  bpf_attr load{};
  load.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
  load.insns = reinterpret_cast<uintptr_t>(instructions);
  load.insn_cnt = std::size(instructions);
  load.license = reinterpret_cast<uintptr_t>(license.c_str());
  const auto program = static_cast<int>(syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load));
  ASSERT_GE(program, 0) << std::strerror(errno);
  bpf_attr pin{};
  pin.pathname = reinterpret_cast<uintptr_t>(path.c_str());
  pin.bpf_fd = static_cast<uint32_t>(program);
  EXPECT_EQ(syscall(SYS_bpf, BPF_OBJ_PIN, &pin, sizeof pin), 0) << std::strerror(errno);
  close(program);
}

TEST_F(WrongMapTest, AnotherTypeIsNamed) {
  SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
  for (const std::string type : {"hash", "array", "percpu_array", "lru_hash"}) {
    out_of("bpftool map create $PINS/t type " + type + " key 4 value 8 entries 4 name $NAME");
    expect_all_refuse("$PINS/t", 65, type);
    expect_all_refuse("name $NAME", 65, type);
    out_of("rm $PINS/t");
  }
}

TEST_F(WrongMapTest, AnLruPercpuHashIsTakenWhereItCanBe) {
  SKIP_UNLESS_EMPTY(missing_program({"bpftool"}));
  out_of("bpftool map create $PINS/t type lru_percpu_hash key 4 value 8 entries 64 name $NAME");
  out_of("percpumap update $PINS/t key 1 0 0 0 value 5 0 0 0 0 0 0 0");
  EXPECT_EQ(rows_of(json_of("percpumap -j dump $PINS/t")),
            rows_of_bpftool(json_of("bpftool -j map dump pinned $PINS/t")));
}

TEST_F(WrongMapTest, APinOfAProgramIsNoMap) {
  pin_program("/sys/fs/bpf/program");
  expect_all_refuse("/sys/fs/bpf/program", 65, "/sys/fs/bpf/program");
}

TEST_F(WrongMapTest, UnpinLeavesAProgramAlone) {
  pin_program("/sys/fs/bpf/program");
  EXPECT_TRUE(refused(sh("percpumap unpin /sys/fs/bpf/program"), 65, "/sys/fs/bpf/program"));
  EXPECT_EQ(access("/sys/fs/bpf/program", F_OK), 0);
}

TEST_F(WrongMapTest, ANameThatTwoMapsHaveIsRefusedWithTheirIds) {
  out_of("percpumap create $PINS/a key 4 value 8 entries 4 name $NAME");
  out_of("percpumap create $PINS/b key 4 value 8 entries 4 name $NAME");
  const std::string a = json_of("percpumap -j show $PINS/a").at("id").dump();
  const std::string b = json_of("percpumap -j show $PINS/b").at("id").dump();
  expect_all_refuse("$NAME", 65, a);
  expect_all_refuse("name $NAME", 65, b);
}

TEST_F(WrongMapTest, WhatIsNotThereIs66) {
  expect_all_refuse("id 4000000000", 66, "4000000000");
  expect_all_refuse("name no_such_map", 66, "no_such_map");
  expect_all_refuse("$PINS/none", 66, "$PINS/none");
  expect_all_refuse("$PINS/none/none", 66, "$PINS/none/none");
}

TEST_F(WrongMapTest, AnOrdinaryFileIsNoPin) {
  write("file", "text");
  expect_all_refuse("$TMP/file", 66, "$TMP/file");
  expect_all_refuse("$TMP", 66, "$TMP");
}

}  // namespace
}  // namespace percpumap::test
