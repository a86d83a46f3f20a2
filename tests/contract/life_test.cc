// Ids, pins, and how long a map lives: kernel-semantics.md sections 5.4 and 8.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

class LifeContract : public BackendTest {
 protected:
  uint32_t id_of(RawMap& map) {
    MapInfo info;
    EXPECT_EQ(0, code(map.info(info)));
    return info.id;
  }
  int open_id(uint32_t id) {
    std::unique_ptr<RawMap> map;
    return code(backend().open_id(id, 0, map));
  }
  // The file of a pin, and the map with it, go after an RCU grace period up to 5.10 (bpf_free_inode(),
  // kernel/bpf/inode.c).
  int open_id_soon(uint32_t id) {
    int answer = open_id(id);
    for (int tries = 1000; answer == 0 && tries > 0; --tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      answer = open_id(id);
    }
    return answer;
  }
  int open_pin(const std::string& path) {
    std::unique_ptr<RawMap> map;
    return code(backend().open_pin(path, 0, map));
  }
  uint64_t memory_of(RawMap& map) {
    MapUsage usage;
    EXPECT_EQ(0, code(map.usage(usage)));
    return usage.memlock;
  }
  uint64_t memory_of(const MapSpec& spec) { return memory_of(*create(spec)); }
  uint64_t memory_by_rules(const MapSpec& spec, uint64_t entries) {
    MapInfo info;
    info.key_size = spec.key_size;
    info.value_size = spec.value_size;
    info.max_entries = spec.max_entries;
    info.flags = spec.flags;
    return memlock_bytes(rules(), info, cpus(), entries);
  }
  bool listed(const std::string& path) {
    const auto paths = backend().pinned_paths();
    return std::find(paths.begin(), paths.end(), path) != paths.end();
  }
};

TEST_P(LifeContract, ids_grow) {
  const auto first = create(small_spec());
  const auto second = create(small_spec());
  EXPECT_LT(id_of(*first), id_of(*second));
}

TEST_P(LifeContract, an_id_is_not_used_again) {
  auto map = create(small_spec());
  const uint32_t gone = id_of(*map);
  map.reset();
  EXPECT_LT(gone, id_of(*create(small_spec())));
}

TEST_P(LifeContract, next_id_walks_all_maps) {
  const auto first = create(small_spec());
  const auto second = create(small_spec());
  std::vector<uint32_t> ids;
  for (uint32_t id = 0; !backend().next_id(id, id);) ids.push_back(id);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_TRUE(std::binary_search(ids.begin(), ids.end(), id_of(*first)));
  EXPECT_TRUE(std::binary_search(ids.begin(), ids.end(), id_of(*second)));
}

TEST_P(LifeContract, next_id_ends_with_enoent_and_refuses_what_is_no_id) {
  uint32_t id = 0;
  EXPECT_EQ(ENOENT, code(backend().next_id(INT_MAX - 1, id)));
  EXPECT_EQ(EINVAL, code(backend().next_id(INT_MAX, id)));
  EXPECT_EQ(EINVAL, code(backend().next_id(UINT32_MAX, id)));
}

TEST_P(LifeContract, an_unknown_id_is_enoent) {
  EXPECT_EQ(ENOENT, open_id(0));
  EXPECT_EQ(ENOENT, open_id(INT_MAX - 1));
}

TEST_P(LifeContract, another_descriptor_sees_the_same_entries) {
  const auto map = create(small_spec());
  const auto other = reopen(*map);
  ASSERT_EQ(0, SmallMap(*map, cpus()).put(1, 10));
  EXPECT_TRUE(SmallMap(*other, cpus()).has(1));
  EXPECT_EQ(id_of(*map), id_of(*other));
}

TEST_P(LifeContract, a_map_goes_with_its_last_descriptor) {
  auto map = create(small_spec());
  const uint32_t id = id_of(*map);
  auto other = reopen(*map);
  map.reset();
  EXPECT_EQ(0, open_id(id));
  other.reset();
  EXPECT_EQ(ENOENT, open_id(id));
}

TEST_P(LifeContract, a_pin_keeps_a_map_and_its_entries) {
  auto map = create(small_spec());
  const uint32_t id = id_of(*map);
  ASSERT_EQ(0, SmallMap(*map, cpus()).put(1, 10));
  ASSERT_EQ(0, code(map->pin(pin_path("map"))));
  map.reset();
  ASSERT_EQ(0, code(backend().open_pin(pin_path("map"), 0, map)));
  EXPECT_TRUE(SmallMap(*map, cpus()).has(1));
  EXPECT_EQ(id, id_of(*map));
}

TEST_P(LifeContract, a_map_goes_with_its_last_pin) {
  auto map = create(small_spec());
  const uint32_t id = id_of(*map);
  ASSERT_EQ(0, code(map->pin(pin_path("one"))));
  ASSERT_EQ(0, code(map->pin(pin_path("two"))));
  map.reset();
  ASSERT_EQ(0, code(backend().unpin(pin_path("one"))));
  EXPECT_EQ(0, open_id(id));
  ASSERT_EQ(0, code(backend().unpin(pin_path("two"))));
  EXPECT_EQ(ENOENT, open_id_soon(id));
}

TEST_P(LifeContract, an_open_map_survives_its_last_pin) {
  const auto map = create(small_spec());
  ASSERT_EQ(0, code(map->pin(pin_path("map"))));
  ASSERT_EQ(0, code(backend().unpin(pin_path("map"))));
  EXPECT_EQ(ENOENT, open_pin(pin_path("map")));
  EXPECT_EQ(0, SmallMap(*map, cpus()).put(1, 10));
  EXPECT_EQ(0, open_id(id_of(*map)));
}

TEST_P(LifeContract, a_pin_replaces_nothing) {
  const auto map = create(small_spec());
  ASSERT_EQ(0, code(map->pin(pin_path("map"))));
  EXPECT_EQ(EEXIST, code(map->pin(pin_path("map"))));
  EXPECT_EQ(EEXIST, code(map->pin("/sys/fs/bpf")));
  EXPECT_EQ(EEXIST, code(map->pin("/"))) << "also outside";
}

TEST_P(LifeContract, a_pin_makes_no_directories) {
  const auto map = create(small_spec());
  EXPECT_EQ(ENOENT, code(map->pin(pin_path("none/map"))));
  make_pin_directory("some");
  EXPECT_EQ(0, code(map->pin(pin_path("some/map"))));
  EXPECT_EQ(0, open_pin(pin_path("some/map")));
  EXPECT_EQ(ENOTDIR, code(map->pin(pin_path("some/map/deeper"))));
  EXPECT_EQ(EEXIST, code(map->pin(pin_path("some"))));
}

TEST_P(LifeContract, a_name_with_a_dot_is_eperm) {
  const auto map = create(small_spec());
  EXPECT_EQ(EPERM, code(map->pin(pin_path("red.x"))));
  EXPECT_EQ(EPERM, code(map->pin(pin_path("a.b/map")))) << "in a directory's name as well";
  EXPECT_EQ(ENOENT, code(map->pin(pin_path("none/red.x")))) << "what comes first is seen first";
  EXPECT_EQ(EPERM, open_pin(pin_path("red.x")));
  EXPECT_EQ(EPERM, code(backend().unpin(pin_path("red.x"))));
}

TEST_P(LifeContract, dots_that_only_walk_are_no_name) {
  const auto map = create(small_spec());
  EXPECT_EQ(0, code(map->pin(pin_path("./map"))));
  EXPECT_EQ(0, open_pin(pin_path(
                   "../" + std::filesystem::path(pin_path("")).parent_path().filename().string() + "//map")));
}

TEST_P(LifeContract, a_pin_outside_the_bpffs_is_eperm) {
  const auto map = create(small_spec());
  const std::string outside = testing::TempDir() + "percpumap-no-pin";
  EXPECT_EQ(EPERM, code(map->pin(outside)));
  EXPECT_EQ(ENOENT, code(map->pin(outside + "/none"))) << "a missing parent is seen first";
  EXPECT_FALSE(std::filesystem::exists(outside));
}

TEST_P(LifeContract, opening_what_is_no_pin_says_why) {
  const std::string file = testing::TempDir() + "percpumap-file-" + std::to_string(getpid());
  std::ofstream(file) << "text";
  EXPECT_EQ(EACCES, open_pin(file)) << "a regular file";
  EXPECT_EQ(ENOTDIR, open_pin(file + "/map"));
  std::filesystem::remove(file);
  EXPECT_EQ(ENOENT, open_pin(file));
  EXPECT_EQ(ENOENT, open_pin(pin_path("none")));
  EXPECT_EQ(ENOENT, open_pin(pin_path("none/none")));
  EXPECT_EQ(EACCES, open_pin(pin_path(""))) << "a directory";
  EXPECT_EQ(ENOENT, open_pin(""));
}

TEST_P(LifeContract, unpin_removes_pins_only) {
  const std::string file = testing::TempDir() + "percpumap-file-" + std::to_string(getpid());
  std::ofstream(file) << "text";
  EXPECT_EQ(EPERM, code(backend().unpin(file)));
  EXPECT_TRUE(std::filesystem::remove(file));
  EXPECT_EQ(ENOENT, code(backend().unpin(file)));
  EXPECT_EQ(ENOENT, code(backend().unpin(pin_path("none"))));
  make_pin_directory("some");
  EXPECT_EQ(EISDIR, code(backend().unpin(pin_path("some"))));
}

TEST_P(LifeContract, check_bpffs_tells_where_a_path_is) {
  make_pin_directory("some");
  EXPECT_EQ(0, code(backend().check_bpffs("/sys/fs/bpf")));
  EXPECT_EQ(0, code(backend().check_bpffs(pin_path("some"))));
  EXPECT_EQ(ENOENT, code(backend().check_bpffs(pin_path("none"))));
  EXPECT_EQ(EPERM, code(backend().check_bpffs("/")));
  EXPECT_EQ(ENOENT, code(backend().check_bpffs("/percpumap-none")));
}

TEST_P(LifeContract, pinned_paths_lists_every_pin) {
  const auto map = create(small_spec());
  make_pin_directory("some");
  ASSERT_EQ(0, code(map->pin(pin_path("one"))));
  ASSERT_EQ(0, code(map->pin(pin_path("some/two"))));
  EXPECT_TRUE(listed(pin_path("one")));
  EXPECT_TRUE(listed(pin_path("some/two")));
  EXPECT_FALSE(listed(pin_path("some")));
  ASSERT_EQ(0, code(backend().unpin(pin_path("one"))));
  EXPECT_FALSE(listed(pin_path("one")));
}

TEST_P(LifeContract, a_bad_descriptor_is_ebadf) {
  std::unique_ptr<RawMap> map;
  EXPECT_EQ(EBADF, code(backend().open_fd(-1, map)));
  EXPECT_EQ(EBADF, code(backend().open_fd(9999, map)));
}

// sizeof(struct bpf_htab) depends on the kernel's configuration, so only differences are compared.
TEST_P(LifeContract, memory_of_a_preallocated_map_is_that_of_all_its_elements) {
  MapSpec spec = small_spec();
  spec.key_size = 7;
  spec.value_size = 13;
  spec.max_entries = 8;
  const uint64_t small = memory_of(spec);
  const uint64_t small_rule = memory_by_rules(spec, 0);
  spec.max_entries = 32;
  EXPECT_EQ(memory_by_rules(spec, 0) - small_rule, memory_of(spec) - small);
}

TEST_P(LifeContract, memory_of_a_map_without_preallocation_counts_its_elements_from_6_4) {
  MapSpec spec = small_spec();
  spec.flags = kNoPrealloc;
  spec.max_entries = 100;
  const auto map = create(spec);
  const uint64_t empty = memory_of(*map);
  SmallMap(*map, cpus()).fill(1, 50);
  EXPECT_EQ(memory_by_rules(spec, 50) - memory_by_rules(spec, 0), memory_of(*map) - empty);
}

PERCPUMAP_FOR_EVERY_BACKEND(LifeContract);

}  // namespace
}  // namespace percpumap::test
