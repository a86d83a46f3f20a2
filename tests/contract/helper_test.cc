// What a BPF program on a CPU sees: kernel-semantics.md 7.1 and 7.2, padding 3.2 and 3.4, as of 6.18.
//
// Only for the simulated kernel: the other backend cannot run programs yet.
#include <cerrno>
#include <cstring>

#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

constexpr uint64_t kValue = 5;

class HelperContract : public BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    remake(small_spec());
  }

  void remake(const MapSpec& spec) { map_ = create(spec); }
  void remake(uint32_t more_flags) {
    MapSpec spec = small_spec();
    spec.flags |= more_flags;
    remake(spec);
  }
  RawMap& map() { return *map_; }
  SmallMap small() { return {*map_, cpus()}; }

  uint32_t first_cpu() { return backend().online_cpus().ids().front(); }
  uint32_t last_cpu() { return backend().online_cpus().ids().back(); }
  size_t slot_of(uint32_t cpu) { return *backend().possible_cpus().slot_of(cpu); }
  uint32_t cpu_beyond() { return backend().possible_cpus().ids().back() + 1; }

  // The helper's result.
  int64_t run(HelperCall& call, uint32_t cpu) {
    const int error = code(map_->run_helper(cpu, call));
    EXPECT_EQ(0, error);
    return call.result;
  }
  int refusal(Helper helper, Bytes value = {}) {
    HelperCall call{.helper = helper, .key = bytes_of(kKey), .value = value};
    return code(map_->run_helper(first_cpu(), call));
  }
  int64_t update(uint32_t key, uint64_t value, uint64_t flags = kAny) {
    HelperCall call{.helper = Helper::update, .key = bytes_of(key), .value = bytes_of(value), .flags = flags};
    return run(call, last_cpu());
  }
  int64_t lookup(uint32_t key) {
    HelperCall call{.helper = Helper::lookup, .key = bytes_of(key)};
    return read(call);
  }
  int64_t lookup_percpu(uint32_t key, uint64_t cpu) {
    HelperCall call{.helper = Helper::lookup_percpu, .key = bytes_of(key), .cpu = cpu};
    return read(call);
  }
  int64_t erase(uint32_t key) {
    HelperCall call{.helper = Helper::erase, .key = bytes_of(key)};
    return run(call, last_cpu());
  }
  // What the last lookup read.
  uint64_t value() const { return value_; }
  // A row of zeroes but for the slot of the CPU that runs.
  std::vector<uint64_t> only_own(uint64_t value) {
    std::vector<uint64_t> row(cpus());
    row[slot_of(last_cpu())] = value;
    return row;
  }

  static constexpr uint32_t kKey = 1;

 private:
  int64_t read(HelperCall& call) {
    run(call, last_cpu());
    EXPECT_EQ(call.result == 0 ? 0 : sizeof value_, call.values.size());
    if (call.values.size() == sizeof value_) std::memcpy(&value_, call.values.data(), sizeof value_);
    return call.result;
  }

  std::unique_ptr<RawMap> map_;
  uint64_t value_ = 0;
};

TEST_P(HelperContract, lookup_sees_this_cpus_slot) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  EXPECT_EQ(1, lookup(kKey));
  EXPECT_EQ(100 + slot_of(last_cpu()), value());
  EXPECT_EQ(0, lookup(2)) << "NULL";
}

TEST_P(HelperContract, what_is_stored_through_a_pointer_is_in_this_cpus_slot) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  HelperCall call{.helper = Helper::lookup, .key = bytes_of(kKey), .value = bytes_of(kValue)};
  EXPECT_EQ(1, run(call, last_cpu()));
  EXPECT_TRUE(call.values.empty());
  auto expected = small.row_of(100);
  expected[slot_of(last_cpu())] = kValue;
  ASSERT_EQ(0, small.get(kKey));
  EXPECT_EQ(expected, small.row());
}

TEST_P(HelperContract, update_writes_this_cpus_slot_only) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  EXPECT_EQ(0, update(kKey, kValue));
  auto expected = small.row_of(100);
  expected[slot_of(last_cpu())] = kValue;
  ASSERT_EQ(0, small.get(kKey));
  EXPECT_EQ(expected, small.row());
}

TEST_P(HelperContract, a_new_element_has_zeroes_on_the_other_cpus) {
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

TEST_P(HelperContract, update_flags_are_any_noexist_and_exist) {
  EXPECT_EQ(-ENOENT, update(kKey, kValue, kExist));
  EXPECT_EQ(0, update(kKey, kValue, kNoExist));
  EXPECT_EQ(-EEXIST, update(kKey, kValue, kNoExist));
  EXPECT_EQ(0, update(kKey, kValue, kExist));
  EXPECT_EQ(0, update(kKey, kValue, kAny));
}

TEST_P(HelperContract, other_update_flags_are_einval_before_the_key_is_looked_up) {
  for (const uint64_t flags : {3ULL, 4ULL, 8ULL, 16ULL, 1ULL << 32, ~0ULL}) {
    EXPECT_EQ(-EINVAL, update(kKey, kValue, flags)) << flags;
  }
  EXPECT_FALSE(small().has(kKey));
}

TEST_P(HelperContract, update_of_a_new_key_in_a_full_map_is_e2big) {
  auto small = this->small();
  small.fill(1, 16);
  EXPECT_EQ(-E2BIG, update(17, kValue));
  EXPECT_EQ(0, update(16, kValue));
}

TEST_P(HelperContract, erase_takes_every_cpus_value) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  EXPECT_EQ(0, erase(kKey));
  EXPECT_FALSE(small.has(kKey));
  EXPECT_EQ(-ENOENT, erase(kKey));
}

TEST_P(HelperContract, for_each_goes_in_the_order_of_the_walk_over_this_cpus_slots) {
  auto small = this->small();
  small.fill(1, 12);
  HelperCall call{.helper = Helper::for_each};
  ASSERT_EQ(12, run(call, last_cpu()));
  const auto order = small.keys();
  ASSERT_EQ(12 * sizeof(uint32_t), call.keys.size());
  ASSERT_EQ(12 * sizeof(uint64_t), call.values.size());
  EXPECT_EQ(0, std::memcmp(order.data(), call.keys.data(), call.keys.size()));
  for (size_t i = 0; i < order.size(); ++i) {
    uint64_t value = 0;
    std::memcpy(&value, call.values.data() + i * sizeof value, sizeof value);
    EXPECT_EQ(uint64_t{100} * order[i] + slot_of(last_cpu()), value) << "key " << order[i];
  }
}

TEST_P(HelperContract, for_each_counts_the_element_that_it_stops_at) {
  small().fill(1, 12);
  for (const auto& [stop_at, visited] : {std::pair{1, 1}, {5, 5}, {12, 12}, {13, 12}}) {
    HelperCall call{.helper = Helper::for_each, .stop_at = static_cast<uint64_t>(stop_at)};
    EXPECT_EQ(visited, run(call, first_cpu()));
    EXPECT_EQ(visited * sizeof(uint32_t), call.keys.size());
  }
}

TEST_P(HelperContract, for_each_over_nothing_is_0_and_its_flags_must_be_0) {
  HelperCall call{.helper = Helper::for_each};
  EXPECT_EQ(0, run(call, first_cpu()));
  small().fill(1, 3);
  call.flags = 1;
  EXPECT_EQ(-EINVAL, run(call, first_cpu()));
  EXPECT_TRUE(call.keys.empty());
}

TEST_P(HelperContract, lookup_percpu_sees_any_possible_cpus_slot) {
  ASSERT_EQ(0, small().put(kKey, 100));
  for (const uint32_t cpu : backend().possible_cpus().ids()) {
    EXPECT_EQ(1, lookup_percpu(kKey, cpu));
    EXPECT_EQ(100 + slot_of(cpu), value()) << "CPU " << cpu;
  }
  EXPECT_EQ(0, lookup_percpu(2, first_cpu())) << "NULL";
}

TEST_P(HelperContract, lookup_percpu_beyond_the_last_cpu_is_null) {
  ASSERT_EQ(0, small().put(kKey, 100));
  EXPECT_EQ(0, lookup_percpu(kKey, cpu_beyond()));
  EXPECT_EQ(0, lookup_percpu(kKey, UINT32_MAX));
}

TEST_P(HelperContract, lookup_percpu_takes_the_lower_32_bits_of_the_cpu) {
  ASSERT_EQ(0, small().put(kKey, 100));
  EXPECT_EQ(1, lookup_percpu(kKey, (uint64_t{1} << 32) + last_cpu()));
  EXPECT_EQ(100 + slot_of(last_cpu()), value());
}

TEST_P(HelperContract, a_cpu_that_is_not_possible_runs_nothing) {
  for (const uint32_t cpu : {cpu_beyond(), UINT32_MAX}) {
    HelperCall call{.helper = Helper::update, .key = bytes_of(kKey), .value = bytes_of(kValue)};
    EXPECT_EQ(ENXIO, code(map().run_helper(cpu, call)));
  }
  EXPECT_FALSE(small().has(kKey));
}

TEST_P(HelperContract, a_map_that_programs_only_read_loads_no_writing_one) {
  remake(kReadOnlyProg);
  EXPECT_EQ(EACCES, refusal(Helper::update, bytes_of(kValue)));
  EXPECT_EQ(EACCES, refusal(Helper::erase));
  EXPECT_EQ(EACCES, refusal(Helper::lookup, bytes_of(kValue)));
  EXPECT_EQ(EACCES, refusal(Helper::lookup_percpu, bytes_of(kValue)));
  for (const Helper helper : {Helper::lookup, Helper::lookup_percpu, Helper::for_each}) {
    EXPECT_EQ(0, refusal(helper)) << static_cast<int>(helper);
  }
}

TEST_P(HelperContract, a_map_that_programs_only_write_loads_no_reading_one) {
  remake(kWriteOnlyProg);
  for (const Helper helper : {Helper::lookup, Helper::lookup_percpu, Helper::for_each}) {
    EXPECT_EQ(EACCES, refusal(helper)) << static_cast<int>(helper);
  }
  EXPECT_EQ(0, refusal(Helper::update, bytes_of(kValue)));
  EXPECT_EQ(0, refusal(Helper::lookup, bytes_of(kValue)));
  EXPECT_EQ(0, refusal(Helper::lookup_percpu, bytes_of(kValue)));
  EXPECT_EQ(0, refusal(Helper::erase));
}

TEST_P(HelperContract, a_program_that_may_not_be_loaded_is_refused_before_its_cpu) {
  remake(kReadOnlyProg);
  HelperCall call{.helper = Helper::erase, .key = bytes_of(kKey)};
  EXPECT_EQ(EACCES, code(map().run_helper(cpu_beyond(), call)));
}

TEST_P(HelperContract, programs_write_frozen_maps) {
  ASSERT_EQ(0, code(map().freeze()));
  EXPECT_EQ(EPERM, small().put(kKey, 100));
  EXPECT_EQ(0, update(kKey, kValue));
  EXPECT_EQ(1, lookup(kKey));
  EXPECT_EQ(kValue, value());
  EXPECT_EQ(0, erase(kKey));
}

TEST_P(HelperContract, a_descriptors_mode_does_not_bind_the_program_loaded_with_it) {
  for (const uint32_t mode : {kReadOnly, kWriteOnly}) {
    const auto limited = reopen(map(), mode);
    HelperCall call{.helper = Helper::update, .key = bytes_of(kKey), .value = bytes_of(kValue)};
    EXPECT_EQ(0, code(limited->run_helper(first_cpu(), call)));
    EXPECT_EQ(0, call.result);
    call = {.helper = Helper::lookup, .key = bytes_of(kKey)};
    EXPECT_EQ(0, code(limited->run_helper(first_cpu(), call)));
    EXPECT_EQ(1, call.result);
  }
}

TEST_P(HelperContract, nothing_of_an_earlier_call_is_left_in_the_answer) {
  ASSERT_EQ(0, small().put(kKey, 100));
  HelperCall call{.helper = Helper::for_each};
  ASSERT_EQ(1, run(call, first_cpu()));
  ASSERT_EQ(1, run(call, first_cpu()));
  EXPECT_EQ(sizeof kKey, call.keys.size());
  EXPECT_EQ(sizeof(uint64_t), call.values.size());
}

// Values of 5 bytes in slots of 8.
class HelperPadding : public HelperContract {
 protected:
  void SetUp() override {
    HelperContract::SetUp();
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
    HelperCall call{.helper = Helper::update, .key = bytes_of(kKey), .value = value};
    ASSERT_EQ(0, run(call, last_cpu()));
  }
  Buffer get() {
    Buffer row = row_of(std::byte{0});
    EXPECT_EQ(0, code(map().lookup(bytes_of(kKey), row, 0)));
    return row;
  }
  Buffer with_own_value(Buffer row, std::byte byte) {
    std::fill_n(row.begin() + static_cast<long>(8 * slot_of(last_cpu())), 5, byte);
    return row;
  }
};

TEST_P(HelperPadding, update_of_an_element_leaves_its_padding) {
  put(kKey, std::byte{0xa5});
  helper_put(std::byte{0x11});
  EXPECT_EQ(with_own_value(row_of(std::byte{0xa5}), std::byte{0x11}), get());
}

TEST_P(HelperPadding, a_new_element_keeps_the_padding_of_the_one_before_it) {
  put(2, std::byte{0xa5});
  ASSERT_EQ(0, small().erase(2));
  helper_put(std::byte{0x11});
  Buffer expected = row_of(std::byte{0xa5});
  for (size_t i = 0; i < expected.size(); ++i) {
    if (i % 8 < 5) expected[i] = std::byte{0};
  }
  EXPECT_EQ(with_own_value(expected, std::byte{0x11}), get());
}

TEST_P(HelperPadding, a_fresh_element_has_none) {
  helper_put(std::byte{0x11});
  EXPECT_EQ(with_own_value(row_of(std::byte{0}), std::byte{0x11}), get());
}

TEST_P(HelperPadding, a_program_does_not_see_it) {
  put(kKey, std::byte{0xa5});
  HelperCall call{.helper = Helper::for_each};
  EXPECT_EQ(1, run(call, last_cpu()));
  EXPECT_EQ(Buffer(5, std::byte{0xa5}), call.values);
}

INSTANTIATE_TEST_SUITE_P(Every, HelperContract, testing::Values("sim"),
                         [](const auto& row) { return std::string(row.param); });
INSTANTIATE_TEST_SUITE_P(Every, HelperPadding, testing::Values("sim"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace percpumap::test
