// PERCPUMAP_SIM_FAULTS: its grammar, and what the calls that it names do.
#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/error.h"
#include "contract/sim_directory.h"
#include "sim/faulty_backend.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

// The answers of the first `count` calls of this kind.
std::vector<int> answers(const char* text, Call call, size_t count) {
  Faults faults = parse_faults(text);
  std::vector<int> seen(count);
  for (int& answer : seen) answer = faults.meet(call);
  return seen;
}

TEST(SimFaults, the_nth_call_of_its_kind_fails) {
  EXPECT_EQ((std::vector<int>{0, 0, EINTR, 0}), answers("lookup_batch:3:EINTR", Call::lookup_batch, 4));
  EXPECT_EQ((std::vector<int>{0, 0, 0, 0}), answers("lookup_batch:3:EINTR", Call::lookup, 4));
}

TEST(SimFaults, a_plus_means_all_later_ones_too) {
  EXPECT_EQ((std::vector<int>{0, EBUSY, EBUSY, EBUSY}), answers("next_key:2+:EBUSY", Call::next_key, 4));
}

TEST(SimFaults, several_stand_together_and_the_first_that_fits_answers) {
  const char* text = "update:1:ENOMEM,erase:1:EBUSY,update:1+:ENOTSUPP";
  EXPECT_EQ((std::vector<int>{ENOMEM, kKernelEnotsupp}), answers(text, Call::update, 2));
  EXPECT_EQ((std::vector<int>{EBUSY, 0}), answers(text, Call::erase, 2));
}

TEST(SimFaults, every_call_has_its_name) {
  const std::array names = {"create",   "next_id",      "open_id",    "open_pin",     "info",
                            "usage",    "lookup",       "update",     "erase",        "take",
                            "next_key", "lookup_batch", "take_batch", "update_batch", "erase_batch",
                            "freeze",   "run_program",  "pin",        "unpin"};
  ASSERT_EQ(kCalls, names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(std::vector<int>{EIO},
              answers((std::string(names[i]) + ":1:EIO").c_str(), static_cast<Call>(i), 1))
        << names[i];
  }
}

TEST(SimFaults, no_text_is_no_fault) {
  EXPECT_TRUE(parse_faults("").empty());
  EXPECT_FALSE(parse_faults("pin:18446744073709551615:EIO").empty());
}

TEST(SimFaults, a_bad_part_is_refused_and_named) {
  const std::array<std::array<const char*, 2>, 18> bad = {{
      {",", "''"},
      {"update:1:EIO,", "''"},
      {"update:1:EIO,,pin:1:EIO", "''"},
      {"update", "'update'"},
      {"update:1", "'update:1'"},
      {"erase:1:EIO,update:1:EIO:", "'update:1:EIO:'"},
      {"delete:1:EIO", "'delete'"},
      {"Update:1:EIO", "'Update'"},
      {":1:EIO", "''"},
      {" update:1:EIO", "' update'"},
      {"update:0:EIO", "'0'"},
      {"update:01:EIO", "'01'"},
      {"update:-1:EIO", "'-1'"},
      {"update:+:EIO", "'+'"},
      {"update::EIO", "''"},
      {"update:18446744073709551616:EIO", "'18446744073709551616'"},
      {"update:1:eio", "'eio'"},
      {"update:1:5", "'5'"},
  }};
  for (const auto& [text, part] : bad) {
    try {
      parse_faults(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(Problem::usage, error.problem()) << text;
      EXPECT_NE(std::string::npos, std::string(error.what()).find(part)) << error.what();
      EXPECT_FALSE(error.hint.empty()) << text;
    }
  }
}

class FaultyMachine : public SimDirectoryTest {
 protected:
  void open(const char* faults) {
    setenv("PERCPUMAP_SIM_FAULTS", faults, 1);
    backend_ = make_sim_backend(directory());
    unsetenv("PERCPUMAP_SIM_FAULTS");
  }
  std::unique_ptr<RawMap> create() {
    std::unique_ptr<RawMap> map;
    EXPECT_EQ(0, code(backend_->create(small_spec(), map)));
    return map;
  }
  size_t cpus() const { return backend_->possible_cpus().size(); }
  Backend& backend() { return *backend_; }

 private:
  std::unique_ptr<Backend> backend_;
};

TEST_F(FaultyMachine, a_call_that_fails_has_done_nothing) {
  open("create:1:ENOMEM,update:2:ENOMEM,erase:1:EBUSY,take:1:EINTR,pin:1:EPERM");
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(ENOMEM, code(backend().create(small_spec(), map)));
  EXPECT_EQ(nullptr, map);
  map = create();
  SmallMap small(*map, cpus());
  EXPECT_EQ(0, small.put(1, 10));
  EXPECT_EQ(ENOMEM, small.put(1, 20));
  EXPECT_EQ(EBUSY, small.erase(1));
  EXPECT_EQ(EINTR, small.take(1));
  ASSERT_EQ(0, small.get(1));
  EXPECT_EQ(small.row_of(10), small.row());
  EXPECT_EQ(EPERM, code(map->pin("/sys/fs/bpf/map")));
}

TEST_F(FaultyMachine, calls_are_counted_over_all_maps) {
  open("update:2:ENOMEM");
  const auto one = create();
  const auto other = create();
  EXPECT_EQ(0, SmallMap(*one, cpus()).put(1, 10));
  EXPECT_EQ(ENOMEM, SmallMap(*other, cpus()).put(1, 10));
  EXPECT_EQ(0, SmallMap(*other, cpus()).put(1, 10));
}

TEST_F(FaultyMachine, a_batch_of_changes_stops_half_way) {
  open("update_batch:1:ENOMEM,update_batch:2:EPERM,erase_batch:1:EBUSY,lookup_batch:1:EINTR");
  const auto map = create();
  std::array<uint32_t, 5> keys{1, 2, 3, 4, 5};
  std::vector<uint64_t> rows(keys.size() * cpus());
  BatchCall call;
  call.keys = reinterpret_cast<std::byte*>(keys.data());
  call.rows = reinterpret_cast<std::byte*>(rows.data());
  const auto run = [&](BatchCommand command) {
    call.count = 5;
    return code(map->batch(command, call));
  };
  EXPECT_EQ(ENOMEM, run(BatchCommand::update));
  EXPECT_EQ(2U, call.count);
  EXPECT_EQ(2U, SmallMap(*map, cpus()).keys().size());
  EXPECT_EQ(EPERM, run(BatchCommand::update));
  EXPECT_EQ(5U, call.count);
  EXPECT_EQ(EINTR, run(BatchCommand::lookup));
  EXPECT_EQ(0U, call.count);
  EXPECT_EQ(EBUSY, run(BatchCommand::erase));
  EXPECT_EQ(2U, call.count);
  EXPECT_TRUE(SmallMap(*map, cpus()).keys().empty());
}

TEST_F(FaultyMachine, a_step_runs_between_two_calls) {
  const auto faults = std::make_shared<Faults>();
  const auto backend = make_faulty_backend(make_sim_backend(directory()), faults);
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(0, code(backend->create(small_spec(), map)));
  SmallMap small(*map, backend->possible_cpus().size());
  small.fill(1, 2);
  faults->before(Call::lookup, 2, [&] { small.erase(1); });
  EXPECT_EQ(0, small.get(1));
  EXPECT_EQ(ENOENT, small.get(1));
  EXPECT_EQ(1U, faults->calls(Call::erase));
}

TEST_F(FaultyMachine, a_bad_variable_keeps_the_machine_from_being_opened) {
  EXPECT_THROW(open("nonsense"), Error);
  unsetenv("PERCPUMAP_SIM_FAULTS");
}

}  // namespace
}  // namespace percpumap::test
