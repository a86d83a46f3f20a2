#include "map/element_count.h"

#include "contract/booted_machine.h"
#include "map_fixture.h"

namespace percpumap::test {
namespace {

MapSpec hundred(uint32_t flags) {
  MapSpec spec = small_spec();
  spec.max_entries = 100;
  spec.flags = flags;
  return spec;
}

class ElementCounts : public MapTest {
 protected:
  uint64_t entries(Map& map) { return count_elements(backend(), map).entries; }
};
PERCPUMAP_FOR_EVERY_BACKEND(ElementCounts);

TEST_P(ElementCounts, FollowEveryChange) {
  for (const uint32_t flags : {0U, uint32_t{kNoPrealloc}}) {
    Map map = make(hundred(flags));
    EXPECT_EQ(entries(map), 0U);
    fill(map, 70);
    EXPECT_EQ(entries(map), 70U);
    map.update(key(3), row(map, 1), kAny);
    EXPECT_EQ(entries(map), 70U) << "an entry that is there already";
    map.erase(key(3));
    EXPECT_EQ(entries(map), 69U);
    fill(map, 100);
    EXPECT_EQ(entries(map), 100U);
  }
}

// On the kernel underneath, too, whatever its structures take.
TEST_P(ElementCounts, AreExactByMemlock) {
  for (const uint32_t max_entries : {1U, 70U, 1000U}) {
    MapSpec spec = hundred(kNoPrealloc);
    spec.max_entries = max_entries;
    spec.value_size = 12;
    Map map = make(spec);
    const uint32_t entries = std::min(max_entries, 70U);
    fill(map, entries);
    faults().fail(Call::run_program, 1, UINT64_MAX, EPERM);
    const auto count = count_at_once(faulty(), map);
    ASSERT_EQ(rules().memlock == Memlock::used, count.has_value());
    if (!count) continue;  // it says nothing about entries
    EXPECT_EQ(count->by, CountedBy::memlock);
    EXPECT_EQ(count->entries, entries);
  }
}

// Counted by the faults that are put between: calls that read.
TEST_P(ElementCounts, ReadNothingWhereTheKernelCounts) {
  Map map = make(hundred(0));
  fill(map, 70);
  const auto count = count_at_once(faulty(), map);
  ASSERT_EQ(rules().count_function, count.has_value());
  if (!count) return;
  EXPECT_EQ(count->by, CountedBy::kernel);
  EXPECT_EQ(faults().calls(Call::lookup_batch), 1) << "the one that asks for batches before fill()";
  EXPECT_EQ(faults().calls(Call::lookup), 0);
  EXPECT_EQ(faults().calls(Call::next_key), 0);
}

class ElementCountsOf : public BootedMachine {
 protected:
  // Of a map with 70 entries.
  ElementCount count(const std::string& version, const MapSpec& spec, Caps caps = Caps::all) {
    const auto maker = boot(version);
    {
      Map map = Map::create(*maker, spec);
      for (uint64_t i = 0; i < 70; ++i) {
        const Buffer row(map.shape().row_size());
        map.update(bytes_of(i).first(spec.key_size), row, kAny);
      }
      map.pin(*maker, "/sys/fs/bpf/m");
    }
    const auto backend = as(version, caps);
    Map map = Map::open(*backend, {MapRef::Kind::pin, 0, "/sys/fs/bpf/m"}, kReadOnly);
    const ElementCount count = count_elements(*backend, map);
    EXPECT_EQ(count.entries, 70U) << version;
    return count;
  }
  static MapSpec odd_sizes() { return sized(5, 12, 100, kNoPrealloc); }
};

TEST_F(ElementCountsOf, the_kernel_counts_from_6_6) {
  EXPECT_EQ(count("6.5", hundred(0)).by, CountedBy::walk);
  for (const char* version : {"6.6", "6.18", "7.1"}) {
    EXPECT_EQ(count(version, hundred(0)).by, CountedBy::kernel) << version;
    EXPECT_EQ(count(version, hundred(kNoPrealloc)).by, CountedBy::kernel) << version;
  }
}

TEST_F(ElementCountsOf, memlock_tells_of_maps_without_preallocation_from_6_4) {
  for (const char* version : {"4.19", "5.10", "5.11", "6.3"})
    EXPECT_EQ(count(version, odd_sizes()).by, CountedBy::walk) << version;
  for (const char* version : {"6.4", "6.5"}) {
    EXPECT_EQ(count(version, odd_sizes()).by, CountedBy::memlock) << version;
    EXPECT_EQ(count(version, hundred(0)).by, CountedBy::walk) << version << ", preallocated";
  }
}

TEST_F(ElementCountsOf, without_rights_the_map_is_walked) {
  EXPECT_EQ(count("6.18", odd_sizes(), Caps::none).by, CountedBy::walk);
  EXPECT_EQ(count("6.5", odd_sizes(), Caps::none).by, CountedBy::walk);
  EXPECT_EQ(count("6.18", odd_sizes(), Caps::bpf).by, CountedBy::kernel);
}

TEST_F(ElementCountsOf, maps_like_it_are_gone_with_the_count) {
  const auto backend = boot("6.4");
  Map map = Map::create(*backend, odd_sizes());
  EXPECT_EQ(count_elements(*backend, map).by, CountedBy::memlock);
  uint32_t id = 0;
  EXPECT_EQ(ENOENT, code(backend->next_id(map.info().id, id)));
}

// Of the map itself it is asked after two maps like it, one of them twice.
TEST_F(ElementCountsOf, the_map_is_walked_where_memlock_cannot_be_read) {
  const auto faults = std::make_shared<Faults>();
  const auto backend = make_faulty_backend(boot("6.4"), faults);
  Map map = Map::create(*backend, odd_sizes());
  faults->fail(Call::usage, 4, EIO);
  EXPECT_EQ(count_elements(*backend, map).by, CountedBy::walk);
  EXPECT_EQ(faults->calls(Call::usage), 4);
}

}  // namespace
}  // namespace percpumap::test
