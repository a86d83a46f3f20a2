// What differs between kernels, row by row of sim/kernel_rules.h, on both sides of each change. The facts are
// those of kernels that were booted, or read, from 4.19 to 7.1.
#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <optional>

#include "base/error.h"
#include "contract/sim_directory.h"
#include "sim/machine.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

constexpr auto kFourCpus = "0-3";

uint64_t on_cpu(uint64_t cpu) {
  return kOneCpu | cpu << 32;
}

class Versions : public SimDirectoryTest {
 protected:
  // A machine of its own for each call.
  std::unique_ptr<Backend> boot(const std::string& version, Caps caps = Caps::all,
                                const std::string& cpus = kFourCpus) {
    const std::string where = root() + "/machine-" + std::to_string(++booted_);
    std::filesystem::create_directory(where);
    std::filesystem::permissions(where, std::filesystem::perms::owner_all);
    return reboot(where, version, caps, cpus);
  }
  // The machine of the last boot() with other rights, its maps kept: another user sits down.
  std::unique_ptr<Backend> as(const std::string& version, Caps caps) {
    return reboot(root() + "/machine-" + std::to_string(booted_), version, caps, kFourCpus);
  }

  static int create(Backend& backend, const MapSpec& spec) {
    std::unique_ptr<RawMap> map;
    return code(backend.create(spec, map));
  }
  int create(const std::string& version, const MapSpec& spec, Caps caps = Caps::all) {
    return create(*boot(version, caps), spec);
  }
  std::unique_ptr<RawMap> make(const std::string& version, const MapSpec& spec = plain(),
                               const std::string& cpus = kFourCpus) {
    std::unique_ptr<RawMap> map;
    EXPECT_EQ(0, code(boot(version, Caps::all, cpus)->create(spec, map))) << version;
    return map;
  }

  static MapSpec plain() {
    MapSpec spec = small_spec();
    spec.flags = 0;
    return spec;
  }
  static MapSpec with(uint32_t flags) {
    MapSpec spec = plain();
    spec.flags = flags;
    return spec;
  }
  static MapSpec sized(uint32_t key_size, uint32_t value_size, uint32_t max_entries, uint32_t flags = 0) {
    MapSpec spec = with(flags);
    spec.key_size = key_size;
    spec.value_size = value_size;
    spec.max_entries = max_entries;
    return spec;
  }
  static MapSpec named(const std::string& name) {
    MapSpec spec = plain();
    spec.name = name;
    return spec;
  }

  static uint64_t memlock(RawMap& map) {
    MapUsage usage;
    EXPECT_EQ(0, code(map.usage(usage)));
    return usage.memlock;
  }

 private:
  static std::unique_ptr<Backend> reboot(const std::string& where, const std::string& version, Caps caps,
                                         const std::string& cpus) {
    const CpuList list = *CpuList::parse(cpus);
    write_machine(where, {list, list, *parse_kernel_version(version), caps});
    return make_sim_backend(where);
  }

  int booted_ = 0;
};

// --- BPF_MAP_CREATE

TEST_F(Versions, zero_seed_came_with_5_0) {
  EXPECT_EQ(EINVAL, create("4.20", with(kZeroSeed)));
  EXPECT_EQ(0, create("5.0", with(kZeroSeed)));
}

TEST_F(Versions, zero_seed_needs_cap_sys_admin_before_other_flags_are_looked_at) {
  for (const char* version : {"5.8", "5.19", "6.4", "6.5", "7.1"}) {
    EXPECT_EQ(EPERM, create(version, with(kZeroSeed), Caps::bpf)) << version;
    EXPECT_EQ(EPERM, create(version, with(kZeroSeed | 0x20), Caps::bpf)) << version;
    EXPECT_EQ(EINVAL, create(version, with(kZeroSeed | kReadOnly | kWriteOnly), Caps::bpf)) << version;
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
  for (const char* version : {"4.19", "5.10", "6.18", "7.1"}) {
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
  EXPECT_EQ(0, create("7.1", plain(), Caps::bpf));
  EXPECT_EQ(EPERM, create("7.1", plain(), Caps::none));
}

TEST_F(Versions, the_right_to_create_is_checked_first_up_to_6_4_and_after_the_arguments_from_6_5) {
  for (const char* version : {"5.19", "6.4"}) EXPECT_EQ(EPERM, create(version, sized(0, 8, 1), Caps::none));
  for (const char* version : {"6.5", "7.1"}) {
    EXPECT_EQ(EINVAL, create(version, sized(0, 8, 1), Caps::none)) << version;
    EXPECT_EQ(E2BIG, create(version, sized(4U << 20, 8, 1), Caps::none)) << version;
    EXPECT_EQ(EPERM, create(version, sized(4, 8, UINT32_MAX), Caps::none))
        << version << ": before allocation";
    EXPECT_EQ(EPERM, create(version, named("a-b"), Caps::none)) << version;
  }
}

TEST_F(Versions, ids_need_cap_sys_admin_in_all) {
  for (const char* version : {"5.8", "6.1", "7.1"}) {
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

TEST_F(Versions, updates_take_slots_by_cpu_number_from_7_0) {
  for (const auto& [version, by_number] : {std::pair("6.19", false), std::pair("7.0", true)}) {
    const auto map = make(version, plain(), "0,2,5");
    SmallMap small(*map, 3);
    ASSERT_EQ(0, small.put(1, 10));  // 10, 11, 12
    ASSERT_EQ(0, small.get(1));
    const auto expected = by_number ? std::vector<uint64_t>{10, 12, 0} : std::vector<uint64_t>{10, 11, 12};
    EXPECT_EQ(expected, small.row()) << version;
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
       {std::pair("5.2", EBUSY), std::pair("6.4", EBUSY), std::pair("6.5", EPERM), std::pair("7.1", EPERM)}) {
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
  EXPECT_EQ(896 + buckets + three, of("7.1", kNoPrealloc));
}

// --- BPF_F_CPU and BPF_F_ALL_CPUS

class CpuFlags : public Versions {
 protected:
  void SetUp() override {
    map_ = make("7.1", sized(4, 8, 2));
    small_.emplace(*map_, 4);
  }
  int write(uint32_t key, uint64_t value, uint64_t flags) {
    return code(map_->update(bytes_of(key), bytes_of(value), flags));
  }
  int read(uint32_t key, uint64_t flags) {
    return code(map_->lookup(bytes_of(key), std::as_writable_bytes(std::span(&value_, 1)), flags));
  }
  int batch(BatchCommand command, uint64_t elem_flags, uint32_t count = 0) {
    BatchCall call;
    call.keys = std::as_writable_bytes(std::span(keys_)).data();
    call.rows = std::as_writable_bytes(std::span(values_)).data();
    call.out = &token_;
    call.count = count;
    call.elem_flags = elem_flags;
    const int answer = code(map_->batch(command, call));
    done_ = call.count;
    return answer;
  }
  std::vector<uint64_t> row_of(uint32_t key) {
    EXPECT_EQ(0, small_->get(key));
    return small_->row();
  }

  std::unique_ptr<RawMap> map_;
  std::optional<SmallMap> small_;
  uint64_t value_ = 0;
  std::array<uint32_t, 2> keys_ = {1, 2};
  std::array<uint64_t, 8> values_ = {};
  uint32_t token_ = 0;
  uint32_t done_ = 0;
};

TEST_F(CpuFlags, are_unknown_before_7_0) {
  const auto map = make("6.19");
  const uint64_t value = 0;
  Buffer row(32);
  for (const uint64_t flags : {on_cpu(0), on_cpu(3), +kAllCpus}) {
    EXPECT_EQ(EINVAL, code(map->lookup(bytes_of(1U), row, flags)));
    EXPECT_EQ(EINVAL, code(map->update(bytes_of(1U), bytes_of(value), flags)));
    BatchCall call;
    call.elem_flags = flags;
    EXPECT_EQ(EINVAL, code(map->batch(BatchCommand::lookup, call)));
    EXPECT_EQ(EINVAL, code(map->batch(BatchCommand::update, call)));
  }
}

TEST_F(CpuFlags, one_slot_is_written_and_read) {
  ASSERT_EQ(0, small_->put(1, 10));
  EXPECT_EQ(0, write(1, 77, on_cpu(2)));
  EXPECT_EQ((std::vector<uint64_t>{10, 11, 77, 13}), row_of(1));
  EXPECT_EQ(0, read(1, on_cpu(2)));
  EXPECT_EQ(77U, value_);
}

TEST_F(CpuFlags, all_slots_are_written_from_one_value) {
  EXPECT_EQ(0, write(1, 5, kAllCpus));
  EXPECT_EQ((std::vector<uint64_t>(4, 5)), row_of(1));
}

TEST_F(CpuFlags, a_buffer_is_value_size_bytes_unrounded) {
  const auto map = make("7.0", sized(4, 3, 1));
  const std::array<std::byte, 3> ones = {std::byte{1}, std::byte{1}, std::byte{1}};
  ASSERT_EQ(0, code(map->update(bytes_of(1U), ones, kAllCpus)));
  std::array<std::byte, 4> read = {};
  ASSERT_EQ(0, code(map->lookup(bytes_of(1U), std::span(read), on_cpu(1))));
  EXPECT_EQ((std::array{std::byte{1}, std::byte{1}, std::byte{1}, std::byte{0}}), read);
}

TEST_F(CpuFlags, a_cpu_beyond_the_possible_ones_is_erange_whatever_the_key) {
  EXPECT_EQ(ENOENT, read(1, on_cpu(3)));
  EXPECT_EQ(ERANGE, read(1, on_cpu(4)));
  EXPECT_EQ(ERANGE, write(1, 0, on_cpu(4)));
  EXPECT_EQ(ERANGE, write(1, 0, on_cpu(UINT32_MAX)));
  EXPECT_EQ(ERANGE, batch(BatchCommand::lookup, on_cpu(4)));
  EXPECT_EQ(ERANGE, batch(BatchCommand::update, on_cpu(4)));
}

TEST_F(CpuFlags, contradictions_are_einval) {
  ASSERT_EQ(0, small_->put(1, 10));
  const uint64_t upper = uint64_t{1} << 32;
  for (const uint64_t flags :
       {upper, upper | kAllCpus, on_cpu(1) | kAllCpus, on_cpu(1) | kLock, kAllCpus | kNoExist,
        kAllCpus | kExist, uint64_t{19}, uint64_t{20}, uint64_t{24}, uint64_t{32}}) {
    EXPECT_EQ(EINVAL, write(1, 0, flags)) << flags;
  }
  for (const uint64_t flags : {upper, +kAllCpus, upper | kAllCpus, on_cpu(1) | kNoExist, on_cpu(1) | kLock}) {
    EXPECT_EQ(EINVAL, read(1, flags)) << flags;
    EXPECT_EQ(EINVAL, batch(BatchCommand::lookup, flags)) << flags;
  }
  for (const uint64_t flags : {uint64_t{9}, uint64_t{10}, uint64_t{11}, uint64_t{17}, uint64_t{18},
                               uint64_t{24}, upper | kAllCpus}) {
    EXPECT_EQ(EINVAL, batch(BatchCommand::update, flags)) << flags;
  }
  EXPECT_EQ((std::vector<uint64_t>{10, 11, 12, 13}), row_of(1));
}

TEST_F(CpuFlags, are_not_for_what_removes) {
  for (const uint64_t flags : {on_cpu(0), +kAllCpus}) {
    EXPECT_EQ(EINVAL, code(map_->take(bytes_of(1U), {}, flags)));
    EXPECT_EQ(EINVAL, code(map_->erase(bytes_of(1U), flags)));
    EXPECT_EQ(EINVAL, batch(BatchCommand::take, flags));
    EXPECT_EQ(EINVAL, batch(BatchCommand::erase, flags));
  }
}

TEST_F(CpuFlags, with_noexist_or_exist_one_cpu_acts_as_any) {
  EXPECT_EQ(0, write(1, 1, on_cpu(0) | kExist)) << "made, though it was not there";
  EXPECT_EQ(0, write(1, 2, on_cpu(0) | kNoExist)) << "written, though it was there";
  EXPECT_EQ(0, read(1, on_cpu(0)));
  EXPECT_EQ(2U, value_);
}

TEST_F(CpuFlags, a_full_map_is_full) {
  small_->fill(1, 2);
  EXPECT_EQ(E2BIG, write(3, 0, on_cpu(0)));
  EXPECT_EQ(E2BIG, write(3, 0, kAllCpus));
  EXPECT_EQ(0, write(2, 0, on_cpu(0)));
}

TEST_F(CpuFlags, an_entry_made_for_one_cpu_keeps_what_the_memory_held) {
  EXPECT_EQ(0, write(1, 7, on_cpu(1)));
  EXPECT_EQ((std::vector<uint64_t>{0, 7, 0, 0}), row_of(1)) << "memory that was never used";
  EXPECT_EQ(0, write(1, 0xdddd, kAllCpus));
  EXPECT_EQ(0, small_->erase(1));
  EXPECT_EQ(0, write(2, 0x77, on_cpu(1)));
  EXPECT_EQ((std::vector<uint64_t>{0xdddd, 0x77, 0xdddd, 0xdddd}), row_of(2));
}

TEST_F(CpuFlags, batches_have_one_value_for_each_key) {
  values_ = {100, 200};
  EXPECT_EQ(0, batch(BatchCommand::update, kAllCpus, 2));
  values_ = {101, 202};
  EXPECT_EQ(0, batch(BatchCommand::update, on_cpu(3), 2));
  EXPECT_EQ((std::vector<uint64_t>{100, 100, 100, 101}), row_of(1));
  EXPECT_EQ((std::vector<uint64_t>{200, 200, 200, 202}), row_of(2));
  values_.fill(0);
  EXPECT_EQ(ENOENT, batch(BatchCommand::lookup, on_cpu(3), 2));
  EXPECT_EQ(2U, done_);
  std::sort(values_.begin(), values_.begin() + 2);
  EXPECT_EQ((std::array<uint64_t, 8>{101, 202}), values_);
}

TEST_F(CpuFlags, an_offline_cpu_is_as_good_as_any) {
  const std::string where = root() + "/half-online";
  std::filesystem::create_directory(where);
  std::filesystem::permissions(where, std::filesystem::perms::owner_all);
  write_machine(where, {*CpuList::parse("0-3"), *CpuList::parse("0-1"), {7, 1}, Caps::all});
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(0, code(make_sim_backend(where)->create(plain(), map)));
  const uint64_t value = 1;
  EXPECT_EQ(0, code(map->update(bytes_of(1U), bytes_of(value), on_cpu(3))));
  EXPECT_EQ(ERANGE, code(map->update(bytes_of(1U), bytes_of(value), on_cpu(4))));
}

}  // namespace
}  // namespace percpumap::test
