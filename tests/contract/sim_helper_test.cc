// Programs on machines that this host is not: other CPUs, other kernels, fewer rights.
#include <sys/stat.h>

#include <cerrno>

#include "contract/sim_directory.h"
#include "sim/machine.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

class SimHelper : public SimDirectoryTest {
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
  int run(Helper helper, uint32_t cpu = 0, uint64_t target = 0) {
    call_ = {.helper = helper, .key = bytes_of(kKey), .value = {}, .flags = 0, .cpu = target};
    if (helper == Helper::update) call_.value = value_;
    return code(map_->run_helper(cpu, call_));
  }
  const HelperCall& call() const { return call_; }

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
    EXPECT_EQ(0, run(Helper::update, 1));
    EXPECT_EQ(0, call_.result);
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
  HelperCall call_;
  const Buffer value_ = Buffer(5, std::byte{0x11});
};

TEST_F(SimHelper, an_offline_cpu_runs_nothing) {
  boot({6, 18});
  make();
  for (const uint32_t cpu : {2U, 3U, 7U, 9U}) EXPECT_EQ(ENXIO, run(Helper::for_each, cpu)) << cpu;
  for (const uint32_t cpu : {0U, 1U, 8U}) EXPECT_EQ(0, run(Helper::for_each, cpu)) << cpu;
}

TEST_F(SimHelper, before_5_10_an_offline_cpu_cannot_be_pinned_to) {
  boot({5, 9});
  make();
  EXPECT_EQ(EINVAL, run(Helper::erase, 2));
  EXPECT_EQ(0, run(Helper::erase, 8));
}

TEST_F(SimHelper, a_cpu_beyond_a_hole_has_the_slot_of_its_place) {
  boot({6, 18});
  make();
  ASSERT_EQ(0, run(Helper::update, 8));
  ASSERT_EQ(0, run(Helper::lookup_percpu, 0, 8));
  EXPECT_EQ(1, call().result);
  EXPECT_EQ(Buffer(5, std::byte{0x11}), call().values);
  ASSERT_EQ(0, run(Helper::lookup_percpu, 0, 2));
  EXPECT_EQ(1, call().result) << "offline, but possible";
  EXPECT_EQ(Buffer(5), call().values);
}

TEST_F(SimHelper, for_each_is_there_since_5_13) {
  boot({5, 12});
  make();
  EXPECT_EQ(EINVAL, run(Helper::for_each));
  boot({5, 13});
  make();
  EXPECT_EQ(0, run(Helper::for_each));
}

TEST_F(SimHelper, lookup_percpu_is_there_since_5_19) {
  boot({5, 18});
  make();
  EXPECT_EQ(EINVAL, run(Helper::lookup_percpu));
  boot({5, 19});
  make();
  EXPECT_EQ(0, run(Helper::lookup_percpu));
}

TEST_F(SimHelper, up_to_5_9_the_other_slots_hold_what_was_there) {
  boot({5, 9});
  const auto left = bytes({0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5,  //
                           0x11, 0x11, 0x11, 0x11, 0x11, 0xa5, 0xa5, 0xa5});
  EXPECT_EQ(left, slots_made_on_cpu_1());
  const auto fresh = bytes({0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11, 0x11, 0x11, 0x11, 0, 0, 0});
  EXPECT_EQ(fresh, slots_made_on_cpu_1(kNoPrealloc));
}

TEST_F(SimHelper, from_5_10_on_they_are_zero_with_their_padding) {
  const auto zero = bytes({0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11, 0x11, 0x11, 0x11, 0xa5, 0xa5, 0xa5});
  for (const KernelVersion version : {KernelVersion{5, 10}, KernelVersion{6, 1}}) {
    boot(version);
    EXPECT_EQ(zero, slots_made_on_cpu_1());
  }
}

TEST_F(SimHelper, later_ones_leave_the_padding) {
  const auto zero = bytes({0, 0, 0, 0, 0, 0xa5, 0xa5, 0xa5, 0x11, 0x11, 0x11, 0x11, 0x11, 0xa5, 0xa5, 0xa5});
  for (const KernelVersion version : {KernelVersion{6, 12}, KernelVersion{6, 18}}) {
    boot(version);
    EXPECT_EQ(zero, slots_made_on_cpu_1());
    EXPECT_EQ(zero, slots_made_on_cpu_1(kNoPrealloc));
  }
}

TEST_F(SimHelper, since_7_0_nobody_writes_padding) {
  boot({7, 0});
  const auto zero = bytes({0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11, 0x11, 0x11, 0x11, 0, 0, 0});
  EXPECT_EQ(zero, slots_made_on_cpu_1());
}

TEST_F(SimHelper, programs_need_more_than_cap_bpf) {
  boot({6, 18}, Caps::bpf);
  make();
  EXPECT_EQ(EPERM, run(Helper::lookup));
}

}  // namespace
}  // namespace percpumap::test
