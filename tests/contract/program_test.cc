// What a BPF program on a CPU sees: kernel-semantics.md 7.1 and 7.2, padding 3.2 and 3.4, as of 6.18.
#include <cerrno>
#include <cstring>
#include <optional>

#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

constexpr uint64_t kValue = 5;

class ProgramContract : public BackendTest {
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
  int64_t run(ProgramCall& call, uint32_t cpu) {
    EXPECT_EQ(0, code(map_->run_program(cpu, call)));
    return call.results.size() == 1 ? call.results.front() : INT64_MIN;
  }
  int refusal(Program program, std::optional<uint64_t> slot_of = {}) {
    const AddedNumber whole{0, sizeof kValue};
    ProgramCall call{.program = program,
                     .slot_of = slot_of,
                     .keys = bytes_of(kKey),
                     .values = bytes_of(kValue),
                     .numbers = {&whole, 1}};
    return code(map_->run_program(first_cpu(), call));
  }
  int64_t update(uint32_t key, uint64_t value, uint64_t flags = kAny) {
    ProgramCall call{
        .program = Program::update, .keys = bytes_of(key), .values = bytes_of(value), .flags = flags};
    return run(call, last_cpu());
  }
  int64_t lookup(uint32_t key) {
    ProgramCall call{.program = Program::lookup, .keys = bytes_of(key)};
    return read(call);
  }
  int64_t lookup_percpu(uint32_t key, uint64_t cpu) {
    ProgramCall call{.program = Program::lookup, .slot_of = cpu, .keys = bytes_of(key)};
    return read(call);
  }
  int64_t erase(uint32_t key) {
    ProgramCall call{.program = Program::erase, .keys = bytes_of(key)};
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
  int64_t read(ProgramCall& call) {
    const int64_t result = run(call, last_cpu());
    EXPECT_EQ(sizeof value_, call.values_read.size());
    if (call.values_read.size() == sizeof value_)
      std::memcpy(&value_, call.values_read.data(), sizeof value_);
    return result;
  }

  std::unique_ptr<RawMap> map_;
  uint64_t value_ = 0;
};

TEST_P(ProgramContract, lookup_sees_this_cpus_slot) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  EXPECT_EQ(1, lookup(kKey));
  EXPECT_EQ(100 + slot_of(last_cpu()), value());
  EXPECT_EQ(0, lookup(2)) << "NULL";
}

TEST_P(ProgramContract, what_is_stored_through_a_pointer_is_in_this_cpus_slot) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  ProgramCall call{.program = Program::store, .keys = bytes_of(kKey), .values = bytes_of(kValue)};
  EXPECT_EQ(1, run(call, last_cpu()));
  EXPECT_TRUE(call.values_read.empty());
  auto expected = small.row_of(100);
  expected[slot_of(last_cpu())] = kValue;
  ASSERT_EQ(0, small.get(kKey));
  EXPECT_EQ(expected, small.row());
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
  small().fill(1, 12);
  for (const auto& [stop_at, visited] : {std::pair{1, 1}, {5, 5}, {12, 12}, {13, 12}}) {
    ProgramCall call{.program = Program::for_each, .stop_at = static_cast<uint64_t>(stop_at)};
    EXPECT_EQ(visited, run(call, first_cpu()));
    EXPECT_EQ(visited * sizeof(uint32_t), call.keys_read.size());
  }
}

TEST_P(ProgramContract, for_each_over_nothing_is_0_and_its_flags_must_be_0) {
  ProgramCall call{.program = Program::for_each};
  EXPECT_EQ(0, run(call, first_cpu()));
  small().fill(1, 3);
  call.flags = 1;
  EXPECT_EQ(-EINVAL, run(call, first_cpu()));
  EXPECT_TRUE(call.keys_read.empty());
}

TEST_P(ProgramContract, lookup_percpu_sees_any_possible_cpus_slot) {
  ASSERT_EQ(0, small().put(kKey, 100));
  for (const uint32_t cpu : backend().possible_cpus().ids()) {
    EXPECT_EQ(1, lookup_percpu(kKey, cpu));
    EXPECT_EQ(100 + slot_of(cpu), value()) << "CPU " << cpu;
  }
  EXPECT_EQ(0, lookup_percpu(2, first_cpu())) << "NULL";
}

TEST_P(ProgramContract, lookup_percpu_beyond_the_last_cpu_is_null) {
  ASSERT_EQ(0, small().put(kKey, 100));
  EXPECT_EQ(0, lookup_percpu(kKey, cpu_beyond()));
  EXPECT_EQ(0, lookup_percpu(kKey, UINT32_MAX));
}

TEST_P(ProgramContract, lookup_percpu_takes_the_lower_32_bits_of_the_cpu) {
  ASSERT_EQ(0, small().put(kKey, 100));
  EXPECT_EQ(1, lookup_percpu(kKey, (uint64_t{1} << 32) + last_cpu()));
  EXPECT_EQ(100 + slot_of(last_cpu()), value());
}

TEST_P(ProgramContract, a_cpu_that_is_not_possible_runs_nothing) {
  for (const uint32_t cpu : {cpu_beyond(), UINT32_MAX}) {
    ProgramCall call{.program = Program::update, .keys = bytes_of(kKey), .values = bytes_of(kValue)};
    EXPECT_EQ(ENXIO, code(map().run_program(cpu, call)));
  }
  EXPECT_FALSE(small().has(kKey));
}

constexpr auto kWriting = {Program::update, Program::erase};
constexpr auto kWritingThroughPointers = {Program::store, Program::add, Program::exchange};

TEST_P(ProgramContract, a_map_that_programs_only_read_loads_no_writing_one) {
  remake(kReadOnlyProg);
  for (const Program program : kWriting) EXPECT_EQ(EACCES, refusal(program)) << static_cast<int>(program);
  for (const Program program : kWritingThroughPointers) {
    EXPECT_EQ(EACCES, refusal(program)) << static_cast<int>(program);
    EXPECT_EQ(EACCES, refusal(program, 0)) << static_cast<int>(program);
  }
  for (const Program program : {Program::lookup, Program::for_each, Program::count}) {
    EXPECT_EQ(0, refusal(program)) << static_cast<int>(program);
  }
  EXPECT_EQ(0, refusal(Program::lookup, 0));
}

TEST_P(ProgramContract, a_map_that_programs_only_write_loads_no_reading_one) {
  remake(kWriteOnlyProg);
  for (const Program program : {Program::lookup, Program::for_each, Program::add, Program::exchange}) {
    EXPECT_EQ(EACCES, refusal(program)) << static_cast<int>(program);
  }
  EXPECT_EQ(EACCES, refusal(Program::lookup, 0));
  for (const Program program : {Program::update, Program::store, Program::erase, Program::count}) {
    EXPECT_EQ(0, refusal(program)) << static_cast<int>(program);
  }
  EXPECT_EQ(0, refusal(Program::store, 0));
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
  ASSERT_EQ(0, small().put(kKey, 100));
  ProgramCall call{.program = Program::for_each};
  ASSERT_EQ(1, run(call, first_cpu()));
  ASSERT_EQ(1, run(call, first_cpu()));
  EXPECT_EQ(sizeof kKey, call.keys_read.size());
  EXPECT_EQ(sizeof(uint64_t), call.values_read.size());
}

TEST_P(ProgramContract, add_adds_on_this_cpu_and_wraps) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  const uint64_t delta = UINT64_MAX;
  const AddedNumber whole{0, sizeof delta};
  ProgramCall call{
      .program = Program::add, .keys = bytes_of(kKey), .values = bytes_of(delta), .numbers = {&whole, 1}};
  EXPECT_EQ(1, run(call, last_cpu()));
  auto expected = small.row_of(100);
  expected[slot_of(last_cpu())] -= 1;
  ASSERT_EQ(0, small.get(kKey));
  EXPECT_EQ(expected, small.row());
}

TEST_P(ProgramContract, add_of_each_size_leaves_its_neighbours) {
  for (const uint32_t size : {1U, 2U, 4U, 8U}) {
    for (uint32_t offset = 0; offset + size <= sizeof(uint64_t); ++offset) {
      auto small = this->small();
      ASSERT_EQ(0, small.put(kKey, UINT64_MAX - slot_of(first_cpu())));
      const uint64_t ones = 0x0101010101010101;
      const AddedNumber number{offset, size};
      ProgramCall call{
          .program = Program::add, .keys = bytes_of(kKey), .values = bytes_of(ones), .numbers = {&number, 1}};
      ASSERT_EQ(1, run(call, first_cpu()));
      // 0xff… and 0x01… in so many bytes is 0x0100…: bytes of 1 but for the first, which is 0.
      uint64_t expected = UINT64_MAX;
      for (uint32_t i = 0; i < size; ++i) reinterpret_cast<unsigned char*>(&expected)[offset + i] = i > 0;
      ASSERT_EQ(0, small.get(kKey));
      EXPECT_EQ(expected, small.row()[slot_of(first_cpu())]) << size << " bytes at " << offset;
    }
  }
}

TEST_P(ProgramContract, exchange_gives_what_was_there) {
  auto small = this->small();
  ASSERT_EQ(0, small.put(kKey, 100));
  ProgramCall call{.program = Program::exchange, .keys = bytes_of(kKey), .values = bytes_of(kValue)};
  EXPECT_EQ(1, run(call, last_cpu()));
  const uint64_t before = 100 + slot_of(last_cpu());
  EXPECT_EQ(Buffer(bytes_of(before).begin(), bytes_of(before).end()), call.values_read);
  auto expected = small.row_of(100);
  expected[slot_of(last_cpu())] = kValue;
  ASSERT_EQ(0, small.get(kKey));
  EXPECT_EQ(expected, small.row());
}

TEST_P(ProgramContract, a_pointer_to_another_cpus_slot_is_as_good_as_ones_own) {
  auto small = this->small();
  const AddedNumber whole{0, sizeof kValue};
  for (const uint32_t cpu : backend().possible_cpus().ids()) {
    ASSERT_EQ(0, small.put(kKey, 100));
    auto expected = small.row_of(100);
    ProgramCall call{
        .slot_of = cpu, .keys = bytes_of(kKey), .values = bytes_of(kValue), .numbers = {&whole, 1}};
    for (const auto& [program, left] :
         {std::pair{Program::store, kValue}, {Program::add, 2 * kValue}, {Program::exchange, kValue}}) {
      call.program = program;
      EXPECT_EQ(1, run(call, first_cpu()));
      expected[slot_of(cpu)] = left;
      ASSERT_EQ(0, small.get(kKey));
      EXPECT_EQ(expected, small.row()) << static_cast<int>(program) << " on CPU " << cpu;
    }
  }
}

TEST_P(ProgramContract, pointers_to_what_is_not_there_are_null) {
  const AddedNumber whole{0, sizeof kValue};
  for (const Program program : {Program::store, Program::add, Program::exchange}) {
    ProgramCall call{
        .program = program, .keys = bytes_of(kKey), .values = bytes_of(kValue), .numbers = {&whole, 1}};
    EXPECT_EQ(0, run(call, first_cpu()));
    EXPECT_FALSE(small().has(kKey));
    EXPECT_EQ(Buffer(program == Program::exchange ? sizeof kValue : 0), call.values_read);
  }
}

TEST_P(ProgramContract, count_counts_what_comes_and_goes) {
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
  for (const uint32_t cpu : backend().online_cpus().ids()) {
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

// Keys and values of any size, also those that do not fit on a program's stack.
TEST_P(ProgramContract, large_keys_and_values_and_odd_ones) {
  for (const auto& [key_size, value_size] :
       {std::pair{1U, 1U}, {3U, 7U}, {512U, 513U}, {5000U, 32768U}, {13U, 20001U}}) {
    MapSpec spec = small_spec();
    spec.key_size = key_size;
    spec.value_size = value_size;
    spec.max_entries = 2;
    remake(spec);
    const Buffer key(key_size, std::byte{0x6b});
    Buffer value(value_size);
    for (size_t i = 0; i < value.size(); ++i) value[i] = static_cast<std::byte>(i % 251 + 1);
    const Buffer zero(value_size);
    ProgramCall call{.program = Program::update, .keys = key, .values = value};
    ASSERT_EQ(0, run(call, last_cpu())) << key_size << " and " << value_size;
    call = {.program = Program::lookup, .slot_of = last_cpu(), .keys = key};
    EXPECT_EQ(1, run(call, first_cpu()));
    EXPECT_EQ(value, call.values_read);
    call = {.program = Program::for_each};
    EXPECT_EQ(1, run(call, last_cpu()));
    EXPECT_EQ(key, call.keys_read);
    EXPECT_EQ(value, call.values_read);
    call = {.program = Program::exchange, .keys = key, .values = zero};
    EXPECT_EQ(1, run(call, last_cpu()));
    EXPECT_EQ(value, call.values_read);
    call = {.program = Program::store, .keys = key, .values = value};
    EXPECT_EQ(1, run(call, last_cpu()));
    call = {.program = Program::lookup, .keys = key};
    EXPECT_EQ(1, run(call, last_cpu()));
    EXPECT_EQ(value, call.values_read);
  }
}

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
  Buffer with_own_value(Buffer row, std::byte byte) {
    std::fill_n(row.begin() + static_cast<long>(8 * slot_of(last_cpu())), 5, byte);
    return row;
  }
};

TEST_P(ProgramPadding, update_of_an_element_leaves_its_padding) {
  put(kKey, std::byte{0xa5});
  helper_put(std::byte{0x11});
  EXPECT_EQ(with_own_value(row_of(std::byte{0xa5}), std::byte{0x11}), get());
}

TEST_P(ProgramPadding, a_new_element_keeps_the_padding_of_the_one_before_it) {
  put(2, std::byte{0xa5});
  ASSERT_EQ(0, small().erase(2));
  helper_put(std::byte{0x11});
  Buffer expected = row_of(std::byte{0xa5});
  for (size_t i = 0; i < expected.size(); ++i) {
    if (i % 8 < 5) expected[i] = std::byte{0};
  }
  EXPECT_EQ(with_own_value(expected, std::byte{0x11}), get());
}

TEST_P(ProgramPadding, a_fresh_element_has_none) {
  helper_put(std::byte{0x11});
  EXPECT_EQ(with_own_value(row_of(std::byte{0}), std::byte{0x11}), get());
}

TEST_P(ProgramPadding, a_program_does_not_see_it) {
  put(kKey, std::byte{0xa5});
  ProgramCall call{.program = Program::for_each};
  EXPECT_EQ(1, run(call, last_cpu()));
  EXPECT_EQ(Buffer(5, std::byte{0xa5}), call.values_read);
}

INSTANTIATE_TEST_SUITE_P(Every, ProgramContract, testing::Values("sim", "kernel"),
                         [](const auto& row) { return std::string(row.param); });
INSTANTIATE_TEST_SUITE_P(Every, ProgramPadding, testing::Values("sim", "kernel"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace percpumap::test
