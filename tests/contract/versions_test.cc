// What differs between kernels, row by row of sim/kernel_rules.h, on both sides of each change (BPF_F_CPU and
// what came with it: cpu_flags_test.cc; what programs find: sim_program_test.cc). The facts are
// those of kernels that were booted, or read, from 4.19 to 7.2.
#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "base/error.h"
#include "contract/booted_machine.h"
#include "types/declare.h"

namespace percpumap::test {
namespace {

class Versions : public BootedMachine {};

// --- BPF_MAP_CREATE

TEST_F(Versions, zero_seed_came_with_5_0) {
  EXPECT_EQ(EINVAL, create("4.20", with(kZeroSeed)));
  EXPECT_EQ(0, create("5.0", with(kZeroSeed)));
}

TEST_F(Versions, zero_seed_needs_cap_sys_admin_before_other_flags_are_looked_at) {
  for (const char* version : {"5.8", "5.19", "6.4", "6.5", "7.2"}) {
    EXPECT_EQ(EPERM, create(version, with(kZeroSeed), Caps::bpf)) << version;
    EXPECT_EQ(EPERM, create(version, with(kZeroSeed | 0x20), Caps::bpf)) << version;
  }
}

TEST_F(Versions, modes_that_exclude_each_other_are_seen_first_up_to_7_1_and_last_from_7_2) {
  constexpr uint32_t both = kReadOnly | kWriteOnly;
  for (const auto& [version, late] :
       {std::pair("5.8", false), std::pair("7.1", false), std::pair("7.2", true)}) {
    EXPECT_EQ(EINVAL, create(version, with(both))) << version;
    EXPECT_EQ(late ? EPERM : EINVAL, create(version, with(kZeroSeed | both), Caps::bpf)) << version;
    EXPECT_EQ(late ? E2BIG : EINVAL, create(version, sized(4U << 20, 8, 1, both))) << version;
  }
}

TEST_F(Versions, program_access_flags_came_with_5_2) {
  for (const uint32_t flag : {kReadOnlyProg, kWriteOnlyProg}) {
    EXPECT_EQ(EINVAL, create("5.1", with(flag)));
    EXPECT_EQ(0, create("5.2", with(flag)));
  }
  EXPECT_EQ(EINVAL, create("5.2", with(kReadOnlyProg | kWriteOnlyProg)));
}

TEST_F(Versions, the_token_flag_is_no_unknown_flag_from_6_9) {
  constexpr uint32_t token = 1U << 16;
  const MapSpec too_large = sized(4, 40000, 1, token);
  EXPECT_EQ(EINVAL, create("6.8", too_large));
  EXPECT_EQ(E2BIG, create("6.12", too_large));
  EXPECT_EQ(EINVAL, create("6.9", with(token)));
}

TEST_F(Versions, dots_in_names_came_with_5_2) {
  EXPECT_EQ(EINVAL, create("5.1", named("a.b")));
  EXPECT_EQ(0, create("5.2", named("a.b")));
  EXPECT_EQ(EINVAL, create("5.2", named("a-b")));
}

MapSpec typed(std::string_view value) {
  MapSpec spec = small_spec();
  DeclaredBtf btf = declare_btf("u32", value);
  spec.btf = std::move(btf.blob);
  spec.btf_key_type_id = btf.key_type_id;
  spec.btf_value_type_id = btf.value_type_id;
  spec.flags = 0;
  return spec;
}

TEST_F(Versions, floats_came_to_btf_with_5_13) {
  EXPECT_EQ(0, create("4.19", typed("u64")));
  EXPECT_EQ(EINVAL, create("5.12", typed("f64")));
  EXPECT_EQ(0, create("5.13", typed("f64")));
}

TEST_F(Versions, btf_needs_the_right_to_create_before_it_is_looked_at) {
  MapSpec spec = typed("u64");
  spec.btf.resize(3);
  for (const char* version : {"5.19", "6.4", "6.5", "7.2"}) {
    EXPECT_EQ(EPERM, create(version, spec, Caps::none)) << version;
    EXPECT_EQ(EINVAL, create(version, spec, Caps::bpf)) << version;
  }
}

TEST_F(Versions, reading_btf_by_its_id_needs_cap_sys_admin) {
  const auto admin = boot("6.12");
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(0, code(admin->create(typed("u64"), map)));
  std::vector<std::byte> blob;
  EXPECT_EQ(EPERM, code(as("6.12", Caps::bpf)->btf(1, blob)));
  EXPECT_EQ(0, code(admin->btf(1, blob)));
}

TEST_F(Versions, keys_above_512_bytes_came_with_5_11) {
  EXPECT_EQ(0, create("5.10", sized(512, 8, 1)));
  EXPECT_EQ(E2BIG, create("5.10", sized(513, 8, 1)));
  EXPECT_EQ(0, create("5.11", sized(513, 8, 1)));
}

TEST_F(Versions, value_size_alone_is_limited_up_to_5_10) {
  constexpr uint32_t limit = (4U << 20) - 512 - 48;
  EXPECT_EQ(0, create("5.10", sized(4, limit - 1, 1, kNoPrealloc)));
  EXPECT_EQ(E2BIG, create("5.10", sized(4, limit, 1, kNoPrealloc)));
  EXPECT_EQ(0, create("5.11", sized(4, limit, 1, kNoPrealloc)));
  EXPECT_EQ(0, create("5.11", sized(4, (4U << 20) - 49 - 4, 1, kNoPrealloc)));
  EXPECT_EQ(E2BIG, create("5.11", sized(4, (4U << 20) - 48 - 4, 1, kNoPrealloc)));
}

TEST_F(Versions, a_value_above_32_kib_has_no_memory_before_6_12_and_is_too_big_then) {
  EXPECT_EQ(0, create("6.12", sized(4, 32768, 1)));
  EXPECT_EQ(ENOMEM, create("6.11", sized(4, 32769, 1)));
  EXPECT_EQ(E2BIG, create("6.12", sized(4, 32769, 1)));
  EXPECT_EQ(E2BIG, create("6.12", sized(4, 32769, 1, kNoPrealloc)));
}

TEST_F(Versions, a_value_above_32_kib_is_too_big_for_6_1_192_too) {
  EXPECT_EQ(ENOMEM, create("6.1.175", sized(4, 32769, 1)));
  EXPECT_EQ(E2BIG, create("6.1.176", sized(4, 32769, 1)));
  EXPECT_EQ(ENOMEM, create("6.2", sized(4, 32769, 1)));
  EXPECT_EQ(ENOMEM, create("5.10.223", sized(4, 32769, 1)));
}

TEST_F(Versions, without_preallocation_before_6_12_such_a_map_never_has_memory) {
  const auto map = make("5.14", sized(4, 32769, 4, kNoPrealloc));
  const Buffer row(round_up8(32769) * 4);
  EXPECT_EQ(ENOMEM, code(map->update(bytes_of(1U), row, kAny)));
  EXPECT_EQ(ENOENT, code(map->update(bytes_of(1U), row, kExist)));
  EXPECT_EQ(ENOMEM, code(map->update(bytes_of(1U), row, kAny)));
}

TEST_F(Versions, what_is_charged_stays_below_4_gib_up_to_5_10) {
  const MapSpec large = sized(8, 8, 1U << 26, kNoPrealloc);
  EXPECT_EQ(E2BIG, create("4.19", large));
  EXPECT_EQ(E2BIG, create("5.10", large));
}

TEST_F(Versions, too_many_entries_are_too_many_for_all) {
  for (const char* version : {"4.19", "5.10", "6.18", "7.2"}) {
    EXPECT_EQ(E2BIG, create(version, sized(4, 8, (1U << 27) + 1, kNoPrealloc))) << version;
    EXPECT_EQ(EINVAL, create(version, sized(0, 8, 1))) << version;
    EXPECT_EQ(EINVAL, create(version, with(kReadOnly | kWriteOnly))) << version;
  }
}

// --- Who may do what

TEST_F(Versions, without_rights_every_command_is_refused_up_to_5_18) {
  for (const auto& [version, caps] :
       {std::pair("4.19", Caps::none), std::pair("5.7", Caps::bpf), std::pair("5.18", Caps::none)}) {
    std::unique_ptr<RawMap> map;
    ASSERT_EQ(0, code(boot(version)->create(plain(), map)));
    ASSERT_EQ(0, code(map->pin("/sys/fs/bpf/m")));
    const auto backend = as(version, caps);
    uint32_t id = 0;
    EXPECT_EQ(EPERM, create(*backend, sized(0, 0, 0))) << version;
    EXPECT_EQ(EPERM, code(backend->next_id(UINT32_MAX, id))) << version;
    EXPECT_EQ(EPERM, code(backend->open_id(1, UINT32_MAX, map))) << version;
    EXPECT_EQ(EPERM, code(backend->open_pin("/sys/fs/bpf/m", UINT32_MAX, map))) << version;
    EXPECT_TRUE(std::ranges::count(backend->pinned_paths(), "/sys/fs/bpf/m")) << "no bpf command";
  }
}

TEST_F(Versions, without_rights_a_pin_can_be_used_from_5_19) {
  std::unique_ptr<RawMap> made;
  ASSERT_EQ(0, code(boot("5.19")->create(plain(), made)));
  ASSERT_EQ(0, code(made->pin("/sys/fs/bpf/m")));
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(0, code(as("5.19", Caps::none)->open_pin("/sys/fs/bpf/m", 0, map)));
  SmallMap small(*map, 4);
  EXPECT_EQ(0, small.put(1, 10));
  EXPECT_EQ(0, small.get(1));
  EXPECT_EQ(0, code(map->pin("/sys/fs/bpf/n")));
  EXPECT_EQ(EPERM, code(map->freeze()));  // up to 6.4 CAP_BPF's
}

TEST_F(Versions, cap_bpf_makes_maps_from_5_8) {
  EXPECT_EQ(EPERM, create("5.7", plain(), Caps::bpf));
  EXPECT_EQ(0, create("5.8", plain(), Caps::bpf));
  EXPECT_EQ(0, create("7.2", plain(), Caps::bpf));
  EXPECT_EQ(EPERM, create("7.2", plain(), Caps::none));
}

TEST_F(Versions, the_right_to_create_is_checked_first_up_to_6_4_and_after_the_arguments_from_6_5) {
  for (const char* version : {"5.19", "6.4"}) EXPECT_EQ(EPERM, create(version, sized(0, 8, 1), Caps::none));
  for (const char* version : {"6.5", "7.2"}) {
    EXPECT_EQ(EINVAL, create(version, sized(0, 8, 1), Caps::none)) << version;
    EXPECT_EQ(E2BIG, create(version, sized(4U << 20, 8, 1), Caps::none)) << version;
    EXPECT_EQ(EPERM, create(version, sized(4, 8, UINT32_MAX), Caps::none))
        << version << ": before allocation";
    EXPECT_EQ(EPERM, create(version, named("a-b"), Caps::none)) << version;
  }
}

TEST_F(Versions, ids_need_cap_sys_admin_in_all) {
  for (const char* version : {"5.8", "6.1", "7.2"}) {
    const auto backend = boot(version, Caps::bpf);
    uint32_t id = 0;
    std::unique_ptr<RawMap> map;
    EXPECT_EQ(EPERM, code(backend->next_id(0, id))) << version;
    EXPECT_EQ(EINVAL, code(backend->next_id(INT_MAX, id))) << version;
    EXPECT_EQ(EPERM, code(backend->open_id(1, 0, map))) << version;
    EXPECT_EQ(EINVAL, code(backend->open_id(1, 1, map))) << version;
    EXPECT_EQ(EPERM, code(backend->open_id(1, kReadOnly | kWriteOnly, map))) << version;
  }
}

// --- Elements

TEST_F(Versions, flags_3_act_as_any_from_7_0) {
  for (const auto& [version, expected] : {std::pair("6.19", EINVAL), std::pair("7.0", 0)}) {
    const auto map = make(version);
    SmallMap small(*map, 4);
    EXPECT_EQ(expected, small.put(1, 10, kNoExist | kExist)) << version;
    EXPECT_EQ(expected, small.put(1, 20, kNoExist | kExist)) << version;
  }
}

TEST_F(Versions, the_lock_flag_is_known_from_5_1) {
  for (const auto& [version, expected] : {std::pair("5.0", EFAULT), std::pair("5.1", EINVAL)}) {
    const auto map = make(version);
    EXPECT_EQ(expected, code(map->update({}, {}, kLock))) << version << ": a bad pointer hides unknown flags";
  }
  for (const auto& [version, expected] : {std::pair("5.0", EINVAL), std::pair("5.1", EPERM)}) {
    const auto map = make(version, with(kWriteOnly));
    EXPECT_EQ(expected, code(map->lookup({}, {}, kLock))) << version;
  }
}

TEST_F(Versions, lookup_checks_access_before_flags_from_7_0) {
  EXPECT_EQ(EINVAL, code(make("6.19", with(kWriteOnly))->lookup({}, {}, 64)));
  EXPECT_EQ(EPERM, code(make("7.0", with(kWriteOnly))->lookup({}, {}, 64)));
}

TEST_F(Versions, lookup_and_delete_elem_came_with_5_14) {
  for (const auto& [version, expected] : {std::pair("4.19", EINVAL), std::pair("4.20", kKernelEnotsupp),
                                          std::pair("5.13", kKernelEnotsupp), std::pair("5.14", ENOENT)}) {
    const auto map = make(version);
    EXPECT_EQ(expected, SmallMap(*map, 4).take(1)) << version;
  }
}

TEST_F(Versions, lookup_and_delete_elem_was_not_there_after_other_checks) {
  EXPECT_EQ(EFAULT, code(make("5.13")->take({}, {}, 0)));
  EXPECT_EQ(EINVAL, code(make("5.13")->take({}, {}, kLock)));
  EXPECT_EQ(EPERM, SmallMap(*make("5.7", with(kReadOnly)), 4).take(1));
  EXPECT_EQ(kKernelEnotsupp, SmallMap(*make("5.7", with(kWriteOnly)), 4).take(1));
  EXPECT_EQ(EPERM, SmallMap(*make("5.8", with(kWriteOnly)), 4).take(1));
}

TEST_F(Versions, rows_above_4_mib_have_no_buffer_up_to_5_14) {
  const MapSpec spec = sized(4, 32768, 1, kNoPrealloc);
  Buffer row(size_t{32768} * 129);
  for (const auto& [version, expected] : {std::pair("5.14", ENOMEM), std::pair("5.15", 0)}) {
    const auto map = make(version, spec, "0-128");
    EXPECT_EQ(expected, code(map->update(bytes_of(1U), row, kAny))) << version;
    EXPECT_EQ(expected, code(map->lookup(bytes_of(1U), row, 0))) << version;
    uint32_t key = 1;
    BatchCall call;
    call.keys = std::as_writable_bytes(std::span(&key, 1)).data();
    call.rows = row.data();
    call.count = 1;
    EXPECT_EQ(expected, code(map->batch(BatchCommand::update, call))) << version;
    EXPECT_EQ(1U, call.count) << version;
    EXPECT_EQ(expected, code(map->take(bytes_of(1U), row, 0))) << version;
  }
  EXPECT_EQ(0, code(make("5.14", spec, "0-127")->update(bytes_of(1U), row, kAny))) << "exactly 4 MiB";
}

TEST_F(Versions, padding_is_stored_up_to_6_19) {
  for (const auto& [version, stored] : {std::pair("6.19", true), std::pair("7.0", false)}) {
    const auto map = make(version, sized(4, 5, 1));
    const Buffer ones(32, std::byte{1});
    for (const uint64_t flags : {kNoExist, kExist}) {
      ASSERT_EQ(0, code(map->update(bytes_of(1U), ones, flags)));
      Buffer row(32);
      ASSERT_EQ(0, code(map->lookup(bytes_of(1U), row, 0)));
      EXPECT_EQ(std::byte{1}, row[4]);
      EXPECT_EQ(std::byte(stored ? 1 : 0), row[5]) << version;
      EXPECT_EQ(std::byte(stored ? 1 : 0), row[31]) << version;
    }
  }
}

// --- Batches, freezing, what is told

TEST_F(Versions, batch_commands_came_with_5_6) {
  using enum BatchCommand;
  for (const BatchCommand command : {lookup, take, update, erase}) {
    BatchCall call;
    EXPECT_EQ(EINVAL, code(make("5.5")->batch(command, call)));
    EXPECT_EQ(EINVAL, code(make("5.5", with(kReadOnly))->batch(command, call))) << "unknown beats access";
    EXPECT_EQ(0, code(make("5.6")->batch(command, call)));
  }
}

TEST_F(Versions, freeze_came_with_5_2) {
  EXPECT_EQ(EINVAL, code(make("5.1")->freeze()));
  EXPECT_EQ(0, code(make("5.2")->freeze()));
}

TEST_F(Versions, a_second_freeze_is_ebusy_up_to_6_4_and_eperm_from_6_5) {
  for (const auto& [version, expected] :
       {std::pair("5.2", EBUSY), std::pair("6.4", EBUSY), std::pair("6.5", EPERM), std::pair("7.2", EPERM)}) {
    const auto map = make(version);
    EXPECT_EQ(0, code(map->freeze()));
    EXPECT_EQ(expected, code(map->freeze())) << version;
  }
}

TEST_F(Versions, a_read_only_descriptor_freezes_up_to_6_4) {
  EXPECT_EQ(0, code(make("6.4", with(kReadOnly))->freeze()));
  EXPECT_EQ(EPERM, code(make("6.5", with(kReadOnly))->freeze()));
}

TEST_F(Versions, freezing_needs_cap_bpf_up_to_6_4) {
  for (const auto& [version, expected] : {std::pair("6.4", EPERM), std::pair("6.5", 0)}) {
    std::unique_ptr<RawMap> made;
    ASSERT_EQ(0, code(boot(version)->create(plain(), made)));
    ASSERT_EQ(0, code(made->pin("/sys/fs/bpf/m")));
    std::unique_ptr<RawMap> map;
    ASSERT_EQ(0, code(as(version, Caps::none)->open_pin("/sys/fs/bpf/m", 0, map)));
    EXPECT_EQ(expected, code(map->freeze())) << version;
  }
}

TEST_F(Versions, info_shows_the_access_flags_up_to_5_1) {
  for (const auto& [version, shown] :
       {std::pair("5.1", kNoPrealloc | kReadOnly), std::pair("5.2", +kNoPrealloc)}) {
    MapInfo info;
    ASSERT_EQ(0, code(make(version, with(kNoPrealloc | kReadOnly))->info(info)));
    EXPECT_EQ(shown, info.flags) << version;
  }
}

// 4 CPUs, 100 entries (128 buckets), keys of 5 and values of 12 bytes: 64 bytes of values in an entry.
TEST_F(Versions, memlock_is_computed_in_four_ways) {
  const auto of = [&](const char* version, uint32_t flags) {
    const auto map = make(version, sized(5, 12, 100, flags));
    const Buffer row(64);
    for (uint64_t key = 0; key < 3; ++key) {
      EXPECT_EQ(0, code(map->update(bytes_of(key).first(5), row, kAny)));
    }
    return memlock(*map);
  };
  constexpr uint64_t charged = 16384;  // 16 * 128 + 100 * (48 + 8 + 8 + 64) = 14848, in whole pages
  constexpr uint64_t kept = 8192;      // 100 * round_up8(5 + 64) = 7200, in whole pages
  constexpr uint64_t buckets = 16 * 128;
  constexpr uint64_t all = 100 * (64 + 64);
  constexpr uint64_t three = 3 * (64 + 24 + 64);
  for (const char* version : {"4.19", "5.10"}) {
    EXPECT_EQ(charged, of(version, 0)) << version;
    EXPECT_EQ(charged, of(version, kNoPrealloc)) << version;
  }
  for (const char* version : {"5.11", "6.3"}) {
    EXPECT_EQ(kept, of(version, 0)) << version;
    EXPECT_EQ(kept, of(version, kNoPrealloc)) << version;
  }
  EXPECT_EQ(896 + buckets + 128 + all, of("6.4", 0));
  EXPECT_EQ(832 + buckets + 128 + all, of("6.18", 0));
  EXPECT_EQ(832 + buckets + 128 + three, of("6.19", kNoPrealloc));
  EXPECT_EQ(896 + buckets + all, of("7.0", 0));
  EXPECT_EQ(896 + buckets + three, of("7.2", kNoPrealloc));
}

}  // namespace
}  // namespace percpumap::test
