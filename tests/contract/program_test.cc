// What a BPF program on a CPU sees: kernel-semantics.md 7.1 and 7.2, padding 3.2 and 3.4.
#include <cerrno>

#include "contract/program_fixture.h"

namespace percpumap::test {
namespace {

TEST_P(ProgramContract, lookup_sees_this_cpus_slot) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  EXPECT_EQ(1, lookup(kKey));
  EXPECT_EQ(100 + slot_of(last_cpu()), value());
  EXPECT_EQ(0, lookup(2)) << "NULL";
}

TEST_P(ProgramContract, update_writes_this_cpus_slot_only) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  EXPECT_EQ(0, update(kKey, kValue));
  auto expected = small.row_of(100);
  expected[slot_of(last_cpu())] = kValue;
  ASSERT_EQ(0, small.get(kKey));
  EXPECT_EQ(expected, small.row());
}

TEST_P(ProgramContract, a_new_element_has_zeroes_on_the_other_cpus) {
  for (const uint32_t flags : {0U, uint32_t{kNoPrealloc}}) {
    MapSpec spec = small_spec();
    spec.flags |= flags;
    spec.max_entries = 1;
    remake(spec);
    auto small = this->small();
    ASSERT_EQ(0, small.put(2, UINT64_MAX / 2)) << "what must not be seen again";
    ASSERT_EQ(0, small.erase(2));
    ASSERT_EQ(0, update(kKey, kValue));
    ASSERT_EQ(0, small.get(kKey));
    EXPECT_EQ(only_own(kValue), small.row());
  }
}

TEST_P(ProgramContract, update_flags_are_any_noexist_and_exist) {
  EXPECT_EQ(-ENOENT, update(kKey, kValue, kExist));
  EXPECT_EQ(0, update(kKey, kValue, kNoExist));
  EXPECT_EQ(-EEXIST, update(kKey, kValue, kNoExist));
  EXPECT_EQ(0, update(kKey, kValue, kExist));
  EXPECT_EQ(0, update(kKey, kValue, kAny));
}

TEST_P(ProgramContract, other_update_flags_are_einval_before_the_key_is_looked_up) {
  for (const uint64_t flags : {3ULL, 4ULL, 8ULL, 16ULL, 1ULL << 32, ~0ULL}) {
    EXPECT_EQ(-EINVAL, update(kKey, kValue, flags)) << flags;
  }
  EXPECT_FALSE(small().has(kKey));
}

TEST_P(ProgramContract, update_of_a_new_key_in_a_full_map_is_e2big) {
  auto small = this->small();
  small.fill(1, 16);
  EXPECT_EQ(-E2BIG, update(17, kValue));
  EXPECT_EQ(0, update(16, kValue));
}

TEST_P(ProgramContract, erase_takes_every_cpus_value) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  EXPECT_EQ(0, erase(kKey));
  EXPECT_FALSE(small.has(kKey));
  EXPECT_EQ(-ENOENT, erase(kKey));
}

TEST_P(ProgramContract, for_each_goes_in_the_order_of_the_walk_over_this_cpus_slots) {
  if (!loads(Program::for_each)) return;
  auto small = this->small();
  small.fill(1, 12);
  ProgramCall call{.program = Program::for_each};
  ASSERT_EQ(12, run(call, last_cpu()));
  const auto order = small.keys();
  ASSERT_EQ(12 * sizeof(uint32_t), call.keys_read.size());
  ASSERT_EQ(12 * sizeof(uint64_t), call.values_read.size());
  EXPECT_EQ(0, std::memcmp(order.data(), call.keys_read.data(), call.keys_read.size()));
  for (size_t i = 0; i < order.size(); ++i) {
    uint64_t value = 0;
    std::memcpy(&value, call.values_read.data() + i * sizeof value, sizeof value);
    EXPECT_EQ(uint64_t{100} * order[i] + slot_of(last_cpu()), value) << "key " << order[i];
  }
}

TEST_P(ProgramContract, for_each_counts_the_element_that_it_stops_at) {
  if (!loads(Program::for_each)) return;
  small().fill(1, 12);
  for (const auto& [stop_at, visited] : {std::pair{1, 1}, {5, 5}, {12, 12}, {13, 12}}) {
    ProgramCall call{.program = Program::for_each, .stop_at = static_cast<uint64_t>(stop_at)};
    EXPECT_EQ(visited, run(call, first_cpu()));
    EXPECT_EQ(visited * sizeof(uint32_t), call.keys_read.size());
  }
}

TEST_P(ProgramContract, for_each_over_nothing_is_0_and_its_flags_must_be_0) {
  if (!loads(Program::for_each)) return;
  ProgramCall call{.program = Program::for_each};
  EXPECT_EQ(0, run(call, first_cpu()));
  small().fill(1, 3);
  call.flags = 1;
  EXPECT_EQ(-EINVAL, run(call, first_cpu()));
  EXPECT_TRUE(call.keys_read.empty());
}

TEST_P(ProgramContract, a_cpu_that_is_not_possible_runs_nothing) {
  for (const uint32_t cpu : {cpu_beyond(), UINT32_MAX}) {
    ProgramCall call{.program = Program::update, .keys = bytes_of(kKey), .values = bytes_of(kValue)};
    EXPECT_EQ(ENXIO, code(map().run_program(cpu, call)));
  }
  EXPECT_FALSE(small().has(kKey));
}

TEST_P(ProgramContract, a_program_that_may_not_be_loaded_is_refused_before_its_cpu) {
  remake(kReadOnlyProg);
  ProgramCall call{.program = Program::erase, .keys = bytes_of(kKey)};
  EXPECT_EQ(EACCES, code(map().run_program(cpu_beyond(), call)));
}

TEST_P(ProgramContract, programs_write_frozen_maps) {
  ASSERT_EQ(0, code(map().freeze()));
  EXPECT_EQ(EPERM, small().put(kKey, 100));
  EXPECT_EQ(0, update(kKey, kValue));
  EXPECT_EQ(1, lookup(kKey));
  EXPECT_EQ(kValue, value());
  EXPECT_EQ(0, erase(kKey));
}

TEST_P(ProgramContract, a_descriptors_mode_does_not_bind_the_program_loaded_with_it) {
  for (const uint32_t mode : {kReadOnly, kWriteOnly}) {
    const auto limited = reopen(map(), mode);
    ProgramCall call{.program = Program::update, .keys = bytes_of(kKey), .values = bytes_of(kValue)};
    EXPECT_EQ(0, code(limited->run_program(first_cpu(), call)));
    EXPECT_EQ(0, call.results.at(0));
    call = {.program = Program::lookup, .keys = bytes_of(kKey)};
    EXPECT_EQ(0, code(limited->run_program(first_cpu(), call)));
    EXPECT_EQ(1, call.results.at(0));
  }
}

TEST_P(ProgramContract, nothing_of_an_earlier_call_is_left_in_the_answer) {
  if (!loads(Program::for_each)) return;
  ASSERT_EQ(0, small().put(kKey, 100));
  ProgramCall call{.program = Program::for_each};
  ASSERT_EQ(1, run(call, first_cpu()));
  ASSERT_EQ(1, run(call, first_cpu()));
  EXPECT_EQ(sizeof kKey, call.keys_read.size());
  EXPECT_EQ(sizeof(uint64_t), call.values_read.size());
}

TEST_P(ProgramContract, count_counts_what_comes_and_goes) {
  if (!loads(Program::count)) return;
  for (const uint32_t flags : {0U, uint32_t{kNoPrealloc}}) {
    remake(flags);
    auto small = this->small();
    const auto count = [&] {
      ProgramCall call{.program = Program::count};
      return run(call, first_cpu());
    };
    EXPECT_EQ(0, count());
    small.fill(1, 16);
    EXPECT_EQ(16, count());
    ASSERT_EQ(0, small.erase(3));
    EXPECT_EQ(15, count());
    ASSERT_EQ(0, update(3, kValue));
    EXPECT_EQ(16, count());
  }
}

// More entries than one system call takes.
TEST_P(ProgramContract, many_entries_are_done_in_order) {
  MapSpec spec = small_spec();
  spec.max_entries = 5000;
  remake(spec);
  std::vector<uint32_t> keys(5000);
  std::vector<uint64_t> values(5000);
  for (uint32_t i = 0; i < keys.size(); ++i) {
    keys[i] = i;
    values[i] = uint64_t{7} * i;
  }
  ProgramCall call{.program = Program::update,
                   .count = keys.size(),
                   .keys = std::as_bytes(std::span(keys)),
                   .values = std::as_bytes(std::span(values)),
                   .flags = kNoExist};
  ASSERT_EQ(0, code(map().run_program(last_cpu(), call)));
  EXPECT_EQ(std::vector<int64_t>(5000, 0), call.results);
  keys[77] = 6000;
  call.program = Program::lookup;
  ASSERT_EQ(0, code(map().run_program(last_cpu(), call)));
  std::vector<int64_t> found(5000, 1);
  found[77] = 0;
  values[77] = 0;
  EXPECT_EQ(found, call.results);
  ASSERT_EQ(values.size() * sizeof(uint64_t), call.values_read.size());
  EXPECT_EQ(0, std::memcmp(values.data(), call.values_read.data(), call.values_read.size()));
}

TEST_P(ProgramContract, nothing_to_do_is_done) {
  ProgramCall call{.program = Program::erase, .count = 0};
  EXPECT_EQ(0, code(map().run_program(first_cpu(), call)));
  EXPECT_TRUE(call.results.empty());
}

TEST_P(ProgramContract, an_interrupt_reaches_every_cpu) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  auto expected = small.row_of(100);
  const CpuList online = backend().online_cpus();
  for (const uint32_t cpu : online.ids()) {
    ProgramCall call{.program = Program::exchange,
                     .keys = bytes_of(kKey),
                     .values = bytes_of(kValue),
                     .by_interrupt = true};
    EXPECT_EQ(1, run(call, cpu));
    expected[slot_of(cpu)] = kValue;
    ASSERT_EQ(0, small.get(kKey));
    EXPECT_EQ(expected, small.row());
  }
  ProgramCall call{.program = Program::erase, .keys = bytes_of(kKey), .by_interrupt = true};
  EXPECT_EQ(ENXIO, code(map().run_program(cpu_beyond(), call)));
}

constexpr std::byte kZero{0};
constexpr std::byte kOld{0xa5};
constexpr std::byte kNew{0x11};

// Values of 5 bytes in slots of 8.
class ProgramPadding : public ProgramContract {
 protected:
  void SetUp() override {
    ProgramContract::SetUp();
    MapSpec spec = small_spec();
    spec.value_size = 5;
    spec.max_entries = 1;
    remake(spec);
  }
  Buffer row_of(std::byte byte) { return Buffer(8 * cpus(), byte); }
  void put(uint32_t key, std::byte byte) {
    ASSERT_EQ(0, code(map().update(bytes_of(key), row_of(byte), kAny)));
  }
  void helper_put(std::byte byte) {
    const Buffer value(5, byte);
    ProgramCall call{.program = Program::update, .keys = bytes_of(kKey), .values = value};
    ASSERT_EQ(0, run(call, last_cpu()));
  }
  Buffer get() {
    Buffer row = row_of(std::byte{0});
    EXPECT_EQ(0, code(map().lookup(bytes_of(kKey), row, 0)));
    return row;
  }
  // `values` in every slot, `paddings` behind each; in the slot of the CPU that runs `own_value` and
  // `own_padding`.
  Buffer slots(std::byte values, std::byte paddings, std::byte own_value, std::byte own_padding) {
    Buffer row(8 * cpus());
    for (size_t i = 0; i < row.size(); ++i) {
      const bool own = i / 8 == slot_of(last_cpu());
      if (i % 8 < 5) row[i] = own ? own_value : values;
      if (i % 8 >= 5) row[i] = own ? own_padding : paddings;
    }
    return row;
  }
  // What a row that was put has of it.
  std::byte stored_padding(std::byte byte) { return rules().has_cpu_flags() ? std::byte{0} : byte; }
};

TEST_P(ProgramPadding, update_of_an_element_leaves_its_padding) {
  put(kKey, kOld);
  helper_put(kNew);
  const std::byte padding = stored_padding(kOld);
  EXPECT_EQ(slots(kOld, padding, kNew, padding), get());
}

TEST_P(ProgramPadding, padding_of_a_new_element_is_that_of_the_one_before_it_or_zero) {
  put(2, kOld);
  ASSERT_EQ(0, small().erase(2));
  helper_put(kNew);
  const std::byte padding = stored_padding(kOld);
  EXPECT_EQ(slots(kZero, rules().new_slots == NewSlots::zero ? kZero : padding, kNew,
                  rules().copies_past_value ? kZero : padding),
            get());
}

TEST_P(ProgramPadding, a_fresh_element_has_none) {
  helper_put(kNew);
  EXPECT_EQ(slots(kZero, kZero, kNew, kZero), get());
}

TEST_P(ProgramPadding, a_program_does_not_see_it) {
  if (!loads(Program::for_each)) return;
  put(kKey, kOld);
  ProgramCall call{.program = Program::for_each};
  EXPECT_EQ(1, run(call, last_cpu()));
  EXPECT_EQ(Buffer(5, kOld), call.values_read);
}

PERCPUMAP_FOR_EVERY_BACKEND(ProgramContract);
PERCPUMAP_FOR_EVERY_BACKEND(ProgramPadding);

}  // namespace
}  // namespace percpumap::test
