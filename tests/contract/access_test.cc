// Access modes and freezing: kernel-semantics.md section 5.
#include <array>
#include <cerrno>

#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

class AccessContract : public BackendTest {
 protected:
  // A map with the key 1, seen through a descriptor of the given mode.
  std::unique_ptr<RawMap> open_filled(uint32_t mode) {
    const auto map = create(small_spec());
    EXPECT_EQ(0, SmallMap(*map, cpus()).put(1, 10));
    return reopen(*map, mode);
  }
  // `count` 0 asks for the right alone.
  int batch(RawMap& map, BatchCommand command, uint32_t count = 0) {
    std::array<uint32_t, 4> keys{1, 2, 3, 4};
    std::vector<uint64_t> rows(4 * cpus());
    uint32_t token = 0;
    BatchCall call;
    call.keys = reinterpret_cast<std::byte*>(keys.data());
    call.rows = reinterpret_cast<std::byte*>(rows.data());
    call.out = &token;
    call.count = count;
    return code(map.batch(command, call));
  }
  void expect_reads(RawMap& map, bool allowed) {
    const int refused = EPERM;
    SmallMap small(map, cpus());
    uint32_t next = 0;
    EXPECT_EQ(allowed ? 0 : refused, small.get(1));
    EXPECT_EQ(allowed ? 0 : refused, code(map.next_key({}, std::as_writable_bytes(std::span(&next, 1)))));
    EXPECT_EQ(allowed ? 0 : refused, batch(map, BatchCommand::lookup));
  }
  void expect_writes(RawMap& map, bool allowed) {
    const int refused = EPERM;
    SmallMap small(map, cpus());
    EXPECT_EQ(allowed ? 0 : refused, small.put(2, 20));
    EXPECT_EQ(allowed ? 0 : refused, batch(map, BatchCommand::update, 3));
    EXPECT_EQ(allowed ? 0 : refused, batch(map, BatchCommand::erase, 3));
    EXPECT_EQ(allowed ? ENOENT : refused, small.erase(2));
    EXPECT_EQ(allowed ? 0 : refused, batch(map, BatchCommand::update));
    EXPECT_EQ(allowed ? 0 : refused, batch(map, BatchCommand::erase));
  }
  void expect_takes(RawMap& map, bool allowed) {
    EXPECT_EQ(allowed ? 0 : EPERM, batch(map, BatchCommand::take));
    EXPECT_EQ(allowed ? take_answer(0) : EPERM, SmallMap(map, cpus()).take(1));
  }
};

TEST_P(AccessContract, mode_0_may_do_everything) {
  const auto map = open_filled(0);
  expect_reads(*map, true);
  expect_takes(*map, true);
  expect_writes(*map, true);
}

TEST_P(AccessContract, a_read_only_descriptor_only_reads) {
  const auto map = open_filled(kReadOnly);
  expect_reads(*map, true);
  expect_takes(*map, false);
  expect_writes(*map, false);
}

TEST_P(AccessContract, a_write_only_descriptor_only_writes) {
  const auto map = open_filled(kWriteOnly);
  expect_reads(*map, false);
  expect_takes(*map, false);
  expect_writes(*map, true);
}

TEST_P(AccessContract, missing_rights_are_seen_before_null_keys_missing_keys_and_the_lock_flag) {
  const auto reader = open_filled(kReadOnly);
  EXPECT_EQ(EPERM, code(reader->update({}, {}, 0)));
  EXPECT_EQ(EPERM, code(reader->update({}, {}, 4)));
  EXPECT_EQ(EPERM, code(reader->update({}, {}, 64)));
  EXPECT_EQ(EPERM, code(reader->erase({}, 0)));
  EXPECT_EQ(has_take() ? EPERM : EINVAL, code(reader->take({}, {}, 4)));
  const auto writer = open_filled(kWriteOnly);
  EXPECT_EQ(EPERM, code(writer->lookup({}, {}, 0)));
  EXPECT_EQ(EPERM, code(writer->lookup({}, {}, 4)));
  EXPECT_EQ(EPERM, code(writer->next_key({}, {})));
}

TEST_P(AccessContract, bad_flags_are_seen_before_missing_rights) {
  const auto reader = open_filled(kReadOnly);
  EXPECT_EQ(EINVAL, code(reader->erase({}, 1)));
  EXPECT_EQ(EINVAL, code(reader->take({}, {}, 1)));
  EXPECT_EQ(rules().has_cpu_flags() ? EPERM : EINVAL, code(open_filled(kWriteOnly)->lookup({}, {}, 1)));
}

TEST_P(AccessContract, missing_rights_are_seen_before_bad_batch_flags) {
  const auto reader = open_filled(kReadOnly);
  BatchCall call;
  call.elem_flags = 64;
  call.flags = 64;
  EXPECT_EQ(EPERM, code(reader->batch(BatchCommand::update, call)));
  EXPECT_EQ(EPERM, code(reader->batch(BatchCommand::take, call)));
}

TEST_P(AccessContract, the_flags_of_create_are_the_mode_of_its_descriptor_only) {
  for (const uint32_t mode : {kReadOnly, kWriteOnly}) {
    MapSpec spec = small_spec();
    spec.flags |= mode;
    const auto map = create(spec);
    SmallMap limited(*map, cpus());
    EXPECT_EQ(mode == kReadOnly ? EPERM : 0, limited.put(1, 10));
    const auto other = reopen(*map);
    EXPECT_EQ(0, SmallMap(*other, cpus()).put(1, 10));
    EXPECT_EQ(mode == kReadOnly ? 0 : EPERM, limited.get(1));
    EXPECT_EQ(0, SmallMap(*other, cpus()).get(1));
  }
}

TEST_P(AccessContract, flags_for_programs_do_not_bind_system_calls) {
  for (const uint32_t flag : {kReadOnlyProg, kWriteOnlyProg}) {
    MapSpec spec = small_spec();
    spec.flags |= flag;
    const auto map = create(spec);
    SmallMap small(*map, cpus());
    EXPECT_EQ(0, small.put(1, 10));
    EXPECT_EQ(take_answer(0), small.take(1));
  }
}

TEST_P(AccessContract, open_flags_are_none_or_one_mode) {
  const auto map = create(small_spec());
  MapInfo info;
  ASSERT_EQ(0, code(map->info(info)));
  ASSERT_EQ(0, code(map->pin(pin_path("map"))));
  for (const uint32_t flags : {kReadOnly | kWriteOnly, 1U, 2U, 0x20U, 0x80U, 1U << 31}) {
    std::unique_ptr<RawMap> other;
    EXPECT_EQ(EINVAL, code(backend().open_id(info.id, flags, other))) << flags;
    EXPECT_EQ(EINVAL, code(backend().open_pin(pin_path("map"), flags, other))) << flags;
    EXPECT_EQ(EINVAL, code(backend().open_id(0, flags, other))) << "before the id is looked up; " << flags;
    EXPECT_EQ(EINVAL, code(backend().open_pin(pin_path("none"), flags, other))) << flags;
    EXPECT_EQ(nullptr, other);
  }
}

TEST_P(AccessContract, info_usage_and_pin_need_no_right) {
  for (const uint32_t mode : {kReadOnly, kWriteOnly}) {
    const auto map = open_filled(mode);
    MapInfo info;
    MapUsage usage;
    EXPECT_EQ(0, code(map->info(info)));
    EXPECT_EQ(0, code(map->usage(usage)));
    const std::string path = pin_path("mode" + std::to_string(mode));
    ASSERT_EQ(0, code(map->pin(path)));
    std::unique_ptr<RawMap> other;
    ASSERT_EQ(0, code(backend().open_pin(path, 0, other)));
    expect_takes(*other, true);
  }
}

TEST_P(AccessContract, a_pin_opens_with_the_mode_that_is_asked_for) {
  const auto map = open_filled(0);
  ASSERT_EQ(0, code(map->pin(pin_path("map"))));
  std::unique_ptr<RawMap> reader;
  std::unique_ptr<RawMap> writer;
  ASSERT_EQ(0, code(backend().open_pin(pin_path("map"), kReadOnly, reader)));
  ASSERT_EQ(0, code(backend().open_pin(pin_path("map"), kWriteOnly, writer)));
  expect_reads(*reader, true);
  expect_writes(*reader, false);
  expect_reads(*writer, false);
  expect_writes(*writer, true);
}

TEST_P(AccessContract, a_frozen_map_is_read_only_through_every_descriptor) {
  const auto map = open_filled(0);
  const auto before = reopen(*map);
  ASSERT_EQ(0, code(map->freeze()));
  const auto after = reopen(*map);
  for (RawMap* each : {map.get(), before.get(), after.get()}) {
    expect_reads(*each, true);
    expect_takes(*each, false);
    expect_writes(*each, false);
  }
}

TEST_P(AccessContract, usage_tells_frozen) {
  const auto map = open_filled(0);
  MapUsage usage;
  ASSERT_EQ(0, code(map->usage(usage)));
  EXPECT_FALSE(usage.frozen);
  ASSERT_EQ(0, code(map->freeze()));
  ASSERT_EQ(0, code(map->usage(usage)));
  EXPECT_TRUE(usage.frozen);
}

TEST_P(AccessContract, freezing_again_is_refused) {
  const int refused = rules().freeze == FreezeCommand::by_descriptor ? EPERM : EBUSY;
  const auto map = open_filled(0);
  ASSERT_EQ(0, code(map->freeze()));
  EXPECT_EQ(refused, code(map->freeze()));
  EXPECT_EQ(refused, code(reopen(*map)->freeze()));
}

TEST_P(AccessContract, freezing_needs_the_right_to_write_or_up_to_6_4_cap_bpf) {
  const int by_reader = rules().freeze == FreezeCommand::by_descriptor ? EPERM : 0;
  EXPECT_EQ(by_reader, code(open_filled(kReadOnly)->freeze()));
  EXPECT_EQ(0, code(open_filled(kWriteOnly)->freeze()));
}

PERCPUMAP_FOR_EVERY_BACKEND(AccessContract);

}  // namespace
}  // namespace percpumap::test
