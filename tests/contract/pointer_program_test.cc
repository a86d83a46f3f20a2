// What programs do through the pointers that lookups give them: this CPU's slot, or another's.
#include <cerrno>

#include "contract/program_fixture.h"

namespace percpumap::test {
namespace {

class PointerProgram : public ProgramContract {};

constexpr auto kWriting = {Program::update, Program::erase};
constexpr auto kWritingThroughPointers = {Program::store, Program::add, Program::exchange};

TEST_P(PointerProgram, what_is_stored_through_a_pointer_is_in_this_cpus_slot) {
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

TEST_P(PointerProgram, lookup_percpu_sees_any_possible_cpus_slot) {
  if (!loads(Program::lookup, 0)) return;
  ASSERT_EQ(0, small().put(kKey, 100));
  for (const uint32_t cpu : backend().possible_cpus().ids()) {
    EXPECT_EQ(1, lookup_percpu(kKey, cpu));
    EXPECT_EQ(100 + slot_of(cpu), value()) << "CPU " << cpu;
  }
  EXPECT_EQ(0, lookup_percpu(2, first_cpu())) << "NULL";
}

TEST_P(PointerProgram, lookup_percpu_beyond_the_last_cpu_is_null) {
  if (!loads(Program::lookup, 0)) return;
  ASSERT_EQ(0, small().put(kKey, 100));
  EXPECT_EQ(0, lookup_percpu(kKey, cpu_beyond()));
  EXPECT_EQ(0, lookup_percpu(kKey, UINT32_MAX));
}

TEST_P(PointerProgram, lookup_percpu_takes_the_lower_32_bits_of_the_cpu) {
  if (!loads(Program::lookup, 0)) return;
  ASSERT_EQ(0, small().put(kKey, 100));
  EXPECT_EQ(1, lookup_percpu(kKey, (uint64_t{1} << 32) + last_cpu()));
  EXPECT_EQ(100 + slot_of(last_cpu()), value());
}

TEST_P(PointerProgram, a_map_that_programs_only_read_loads_no_writing_one) {
  remake(kReadOnlyProg);
  for (const Program program : kWriting) EXPECT_EQ(EACCES, refusal(program)) << static_cast<int>(program);
  for (const Program program : kWritingThroughPointers) {
    EXPECT_EQ(EACCES, refusal(program)) << static_cast<int>(program);
    EXPECT_EQ(load_answer(EACCES, program, 0), refusal(program, 0)) << static_cast<int>(program);
  }
  for (const Program program : {Program::lookup, Program::for_each, Program::count}) {
    EXPECT_EQ(load_answer(0, program), refusal(program)) << static_cast<int>(program);
  }
  EXPECT_EQ(load_answer(0, Program::lookup, 0), refusal(Program::lookup, 0));
}

TEST_P(PointerProgram, a_map_that_programs_only_write_loads_no_reading_one) {
  remake(kWriteOnlyProg);
  for (const Program program : {Program::lookup, Program::for_each, Program::add, Program::exchange}) {
    EXPECT_EQ(load_answer(EACCES, program), refusal(program)) << static_cast<int>(program);
  }
  EXPECT_EQ(load_answer(EACCES, Program::lookup, 0), refusal(Program::lookup, 0));
  for (const Program program : {Program::update, Program::store, Program::erase, Program::count}) {
    EXPECT_EQ(load_answer(0, program), refusal(program)) << static_cast<int>(program);
  }
  EXPECT_EQ(load_answer(0, Program::store, 0), refusal(Program::store, 0));
}

TEST_P(PointerProgram, add_adds_on_this_cpu_and_wraps) {
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

TEST_P(PointerProgram, add_of_each_size_leaves_its_neighbours) {
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

TEST_P(PointerProgram, exchange_gives_what_was_there) {
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

TEST_P(PointerProgram, a_pointer_to_another_cpus_slot_is_as_good_as_ones_own) {
  if (!loads(Program::store, 0)) return;
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

TEST_P(PointerProgram, pointers_to_what_is_not_there_are_null) {
  const AddedNumber whole{0, sizeof kValue};
  for (const Program program : {Program::store, Program::add, Program::exchange}) {
    ProgramCall call{
        .program = program, .keys = bytes_of(kKey), .values = bytes_of(kValue), .numbers = {&whole, 1}};
    EXPECT_EQ(0, run(call, first_cpu()));
    EXPECT_FALSE(small().has(kKey));
    EXPECT_EQ(Buffer(program == Program::exchange ? sizeof kValue : 0), call.values_read);
  }
}

TEST_P(PointerProgram, large_keys_and_values_and_odd_ones) {
  for (const auto& [key_size, value_size] :
       {std::pair{1U, 1U}, {3U, 7U}, {512U, 513U}, {5000U, 32768U}, {13U, 20001U}}) {
    if (rules().sizes.keys_on_stack && key_size > 512) continue;  // no such maps
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
    if (has(Program::lookup, 0)) {
      call = {.program = Program::lookup, .slot_of = last_cpu(), .keys = key};
      EXPECT_EQ(1, run(call, first_cpu()));
      EXPECT_EQ(value, call.values_read);
    }
    if (has(Program::for_each)) {
      call = {.program = Program::for_each};
      EXPECT_EQ(1, run(call, last_cpu()));
      EXPECT_EQ(key, call.keys_read);
      EXPECT_EQ(value, call.values_read);
    }
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

// The longest program there is: one addition for each byte.
TEST_P(PointerProgram, add_to_every_byte_of_the_largest_value) {
  MapSpec spec = small_spec();
  spec.value_size = 32768;
  spec.max_entries = 1;
  remake(spec);
  std::vector<AddedNumber> numbers;
  for (uint32_t i = 0; i < spec.value_size; ++i) numbers.push_back({i, 1});
  const Buffer ones(spec.value_size, std::byte{1});
  ProgramCall call{.program = Program::update, .keys = bytes_of(kKey), .values = ones};
  ASSERT_EQ(0, run(call, last_cpu()));
  call = {.program = Program::add, .keys = bytes_of(kKey), .values = ones, .numbers = numbers};
  EXPECT_EQ(1, run(call, last_cpu()));
  const uint32_t missing = kKey + 1;
  call.keys = bytes_of(missing);
  EXPECT_EQ(0, run(call, last_cpu()));
  call = {.program = Program::lookup, .keys = bytes_of(kKey)};
  EXPECT_EQ(1, run(call, last_cpu()));
  EXPECT_EQ(Buffer(spec.value_size, std::byte{2}), call.values_read);
}

PERCPUMAP_FOR_EVERY_BACKEND(PointerProgram);

}  // namespace
}  // namespace percpumap::test
