// Programs on machines that this host is not: other CPUs, other kernels, fewer rights.
#include <sys/stat.h>

#include <cerrno>
#include <optional>

#include "contract/sim_directory.h"
#include "sim/machine.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

class SimProgram : public SimDirectoryTest {
 protected:
  static constexpr uint32_t kKey = 1;

  // CPUs 0 to 2 and 8, of which 2 is offline.
  void boot(KernelVersion version, Caps caps = Caps::all) {
    std::filesystem::create_directory(directory());
    ASSERT_EQ(0, chmod(directory().c_str(), S_IRWXU));
    write_machine(directory(), {*CpuList::parse("0-2,8"), *CpuList::parse("0-1,8"), version, caps});
    map_.reset();
    backend_ = make_sim_backend(directory());
  }
  void make(uint32_t more_flags = 0) {
    MapSpec spec = small_spec();
    spec.value_size = 5;
    spec.max_entries = 1;
    spec.flags = more_flags;
    ASSERT_EQ(0, code(backend_->create(spec, map_)));
  }
  int run(Program program, uint32_t cpu = 0, std::optional<uint64_t> slot_of = {}) {
    call_ = {.program = program, .slot_of = slot_of, .keys = bytes_of(kKey)};
    if (program == Program::update) call_.values = value_;
    return code(map_->run_program(cpu, call_));
  }
  int interrupt() {
    call_ = {.program = Program::lookup, .keys = bytes_of(kKey), .by_interrupt = true};
    return code(map_->run_program(0, call_));
  }
  const ProgramCall& call() const { return call_; }

  static Buffer bytes(std::initializer_list<int> numbers) {
    Buffer all;
    for (const int number : numbers) all.push_back(static_cast<std::byte>(number));
    return all;
  }
  // Four slots of five bytes and their padding: what a new element from CPU 1 holds where 0xa5 was before.
  Buffer row_made_on_cpu_1(uint32_t more_flags) {
    make(more_flags);
    const uint32_t other = 2;
    EXPECT_EQ(0, code(map_->update(bytes_of(other), Buffer(32, std::byte{0xa5}), kAny)));
    EXPECT_EQ(0, code(map_->erase(bytes_of(other), 0)));
    EXPECT_EQ(0, run(Program::update, 1));
    EXPECT_EQ(0, call_.results.at(0));
    Buffer row(32);
    EXPECT_EQ(0, code(map_->lookup(bytes_of(kKey), row, 0)));
    return row;
  }
  // The first two slots of it.
  Buffer slots_made_on_cpu_1(uint32_t more_flags = 0) {
    Buffer row = row_made_on_cpu_1(more_flags);
    EXPECT_TRUE(std::equal(row.begin(), row.begin() + 8, row.begin() + 24)) << "CPU 8 is as CPU 0";
    row.resize(16);
    return row;
  }

 private:
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<RawMap> map_;
  ProgramCall call_;
  const Buffer value_ = Buffer(5, std::byte{0x11});
};

TEST_F(SimProgram, an_offline_cpu_runs_nothing) {
  boot({6, 18});
  make();
  for (const uint32_t cpu : {2U, 3U, 7U, 9U}) EXPECT_EQ(ENXIO, run(Program::for_each, cpu)) << cpu;
  for (const uint32_t cpu : {0U, 1U, 8U}) EXPECT_EQ(0, run(Program::for_each, cpu)) << cpu;
}

TEST_F(SimProgram, there_are_none_before_5_5) {
  boot({5, 4});
  make();
  EXPECT_EQ(EOPNOTSUPP, run(Program::erase));
  boot({5, 5});
  make();
  EXPECT_EQ(0, run(Program::erase));
}

TEST_F(SimProgram, interrupts_start_them_since_5_10) {
  boot({5, 9});
  make();
  EXPECT_EQ(EOPNOTSUPP, interrupt());
  boot({5, 10});
  make();
  EXPECT_EQ(0, interrupt());
}

TEST_F(SimProgram, up_to_6_0_interrupts_do_not_go_with_allocation_on_demand) {
  boot({6, 0});
  make(kNoPrealloc);
  EXPECT_EQ(EOPNOTSUPP, interrupt()) << "the kernel would print a warning";
  EXPECT_EQ(0, run(Program::erase));
  boot({6, 1});
  make(kNoPrealloc);
  EXPECT_EQ(0, interrupt());
}

TEST_F(SimProgram, count_is_there_since_6_6) {
  boot({6, 5});
  make();
  EXPECT_EQ(EINVAL, run(Program::count));
  boot({6, 6});
  make();
  EXPECT_EQ(0, run(Program::count));
}

TEST_F(SimProgram, a_cpu_beyond_a_hole_has_the_slot_of_its_place) {
  boot({6, 18});
  make();
  ASSERT_EQ(0, run(Program::update, 8));
  ASSERT_EQ(0, run(Program::lookup, 0, 8));
  EXPECT_EQ(1, call().results.at(0));
  EXPECT_EQ(Buffer(5, std::byte{0x11}), call().values_read);
  ASSERT_EQ(0, run(Program::lookup, 0, 2));
  EXPECT_EQ(1, call().results.at(0)) << "offline, but possible";
  EXPECT_EQ(Buffer(5), call().values_read);
}

TEST_F(SimProgram, for_each_is_there_since_5_13) {
  boot({5, 12});
  make();
  EXPECT_EQ(EINVAL, run(Program::for_each));
  boot({5, 13});
  make();
  EXPECT_EQ(0, run(Program::for_each));
}

TEST_F(SimProgram, lookup_percpu_is_there_since_5_19) {
  boot({5, 18});
  make();
  EXPECT_EQ(EINVAL, run(Program::lookup, 0, 1));
  boot({5, 19});
  make();
  EXPECT_EQ(0, run(Program::lookup, 0, 1));
}

TEST_F(SimProgram, up_to_5_9_the_other_slots_hold_what_was_there) {
  boot({5, 9});
  const auto left = bytes({0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5,  //
                           0x11, 0x11, 0x11, 0x11, 0x11, 0xa5, 0xa5, 0xa5});
  EXPECT_EQ(left, slots_made_on_cpu_1());
  const auto fresh = bytes({0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11, 0x11, 0x11, 0x11, 0, 0, 0});
  EXPECT_EQ(fresh, slots_made_on_cpu_1(kNoPrealloc));
}

TEST_F(SimProgram, from_5_10_on_they_are_zero_with_their_padding) {
  const auto zero = bytes({0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11, 0x11, 0x11, 0x11, 0, 0, 0});
  for (const KernelVersion version : {KernelVersion{5, 10, 223}, KernelVersion{6, 1}}) {
    boot(version);
    EXPECT_EQ(zero, slots_made_on_cpu_1());
  }
}

TEST_F(SimProgram, later_ones_leave_the_padding) {
  const auto zero = bytes({0, 0, 0, 0, 0, 0xa5, 0xa5, 0xa5, 0x11, 0x11, 0x11, 0x11, 0x11, 0, 0, 0});
  for (const KernelVersion version : {KernelVersion{6, 3}, KernelVersion{6, 12, 94}, KernelVersion{6, 19}}) {
    boot(version);
    EXPECT_EQ(zero, slots_made_on_cpu_1());
    EXPECT_EQ(zero, slots_made_on_cpu_1(kNoPrealloc));
  }
}

TEST_F(SimProgram, what_is_behind_a_programs_value_is_no_longer_copied_by_newer_stable_kernels) {
  const auto zero = bytes({0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11, 0x11, 0x11, 0x11, 0xa5, 0xa5, 0xa5});
  boot({6, 1, 192});
  EXPECT_EQ(zero, slots_made_on_cpu_1());
  const auto kept = bytes({0, 0, 0, 0, 0, 0xa5, 0xa5, 0xa5, 0x11, 0x11, 0x11, 0x11, 0x11, 0xa5, 0xa5, 0xa5});
  for (const KernelVersion version : {KernelVersion{6, 12, 95}, KernelVersion{6, 18, 44}}) {
    boot(version);
    EXPECT_EQ(kept, slots_made_on_cpu_1());
    EXPECT_EQ(kept, slots_made_on_cpu_1(kNoPrealloc));
  }
}

TEST_F(SimProgram, since_7_0_nobody_writes_padding) {
  boot({7, 0});
  const auto zero = bytes({0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11, 0x11, 0x11, 0x11, 0, 0, 0});
  EXPECT_EQ(zero, slots_made_on_cpu_1());
}

TEST_F(SimProgram, interrupts_need_more_than_cap_bpf) {
  boot({6, 18}, Caps::bpf);
  make();
  EXPECT_EQ(0, run(Program::lookup));
  EXPECT_EQ(EPERM, interrupt());
}

}  // namespace
}  // namespace percpumap::test
