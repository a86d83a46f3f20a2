// A small map and programs on it, on every backend.
#pragma once

#include <cerrno>
#include <cstring>
#include <optional>

#include "support/backend_fixture.h"

namespace percpumap::test {

inline constexpr uint64_t kValue = 5;

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

  bool has(Program program, std::optional<uint64_t> slot_of = {}) const {
    return (program != Program::for_each || rules().for_each_helper) &&
           (program != Program::count || rules().count_function) && (!slot_of || rules().percpu_helper);
  }
  // `answer` where the kernel has what such a program calls; else it loads none.
  int load_answer(int answer, Program program, std::optional<uint64_t> slot_of = {}) const {
    return has(program, slot_of) ? answer : EINVAL;
  }
  // The same as a whole test: false, and seen to be so, where there is nothing more to test.
  bool loads(Program program, std::optional<uint64_t> slot_of = {}) {
    if (!has(program, slot_of)) {
      EXPECT_EQ(EINVAL, refusal(program, slot_of));
    }
    return has(program, slot_of);
  }

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

}  // namespace percpumap::test
