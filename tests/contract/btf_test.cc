// BTF of maps: BPF_BTF_LOAD, BPF_MAP_CREATE with type ids, BPF_BTF_GET_FD_BY_ID; kernel-semantics.md 1.1,
// rules 2 and 16.
#include "types/btf.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "support/backend_fixture.h"
#include "types/declare.h"

namespace percpumap::test {
namespace {

MapSpec typed_spec() {
  MapSpec spec = small_spec();
  DeclaredBtf btf = declare_btf("{saddr:ipv4}", "{packets:u32,bytes:u32}");
  spec.btf = std::move(btf.blob);
  spec.btf_key_type_id = btf.key_type_id;
  spec.btf_value_type_id = btf.value_type_id;
  return spec;
}

class BtfContract : public BackendTest {
 protected:
  int create_with(const std::function<void(MapSpec&)>& change) {
    MapSpec spec = typed_spec();
    change(spec);
    return try_create(spec);
  }
  MapInfo info_of(RawMap& map) {
    MapInfo info;
    EXPECT_EQ(0, code(map.info(info)));
    return info;
  }
  int read_btf(uint32_t id) {
    std::vector<std::byte> blob;
    return code(backend().btf(id, blob));
  }
};
PERCPUMAP_FOR_EVERY_BACKEND(BtfContract);

TEST_P(BtfContract, a_map_keeps_the_types_it_was_made_with) {
  const MapSpec spec = typed_spec();
  const auto map = create(spec);
  const MapInfo info = info_of(*map);
  EXPECT_NE(info.btf_id, 0U);
  EXPECT_EQ(info.btf_key_type_id, spec.btf_key_type_id);
  EXPECT_EQ(info.btf_value_type_id, spec.btf_value_type_id);
  std::vector<std::byte> blob;
  ASSERT_EQ(0, code(backend().btf(info.btf_id, blob)));
  EXPECT_TRUE(std::ranges::equal(Btf(blob).blob(), Btf(spec.btf).blob()));
}

TEST_P(BtfContract, other_descriptors_of_the_map_tell_the_same) {
  const auto map = create(typed_spec());
  ASSERT_EQ(0, code(map->pin(pin_path("typed"))));
  std::unique_ptr<RawMap> pinned;
  ASSERT_EQ(0, code(backend().open_pin(pin_path("typed"), kReadOnly, pinned)));
  EXPECT_EQ(info_of(*pinned).btf_id, info_of(*map).btf_id);
  EXPECT_EQ(info_of(*reopen(*map)).btf_value_type_id, info_of(*map).btf_value_type_id);
}

TEST_P(BtfContract, entries_are_what_they_are_without_it) {
  const auto map = create(typed_spec());
  Buffer row(8 * cpus(), std::byte{0x5a});
  ASSERT_EQ(0, code(map->update(bytes_of(7U), row, kAny)));
  Buffer seen(row.size());
  ASSERT_EQ(0, code(map->lookup(bytes_of(7U), seen, 0)));
  EXPECT_EQ(seen, row);
}

TEST_P(BtfContract, a_map_without_types_has_no_id) {
  const auto map = create(small_spec());
  EXPECT_EQ(info_of(*map).btf_id, 0U);
  EXPECT_EQ(info_of(*map).btf_key_type_id, 0U);
}

TEST_P(BtfContract, btf_without_type_ids_is_loaded_and_forgotten) {
  MapSpec spec = typed_spec();
  spec.btf_key_type_id = spec.btf_value_type_id = 0;
  const auto map = create(spec);
  EXPECT_EQ(info_of(*map).btf_id, 0U);
}

TEST_P(BtfContract, it_goes_with_its_map) {
  auto map = create(typed_spec());
  const uint32_t id = info_of(*map).btf_id;
  EXPECT_EQ(0, read_btf(id));
  map.reset();
  // The kernel frees a map behind the back of whoever closes it.
  for (int tries = 0; tries < 100 && read_btf(id) == 0; ++tries) usleep(10000);
  EXPECT_EQ(ENOENT, read_btf(id));
}

TEST_P(BtfContract, an_id_that_nothing_has_is_enoent) {
  EXPECT_EQ(ENOENT, read_btf(0x7ffffff0));
}

TEST_P(BtfContract, a_type_alone_is_refused) {
  EXPECT_EQ(EINVAL, create_with([](MapSpec& spec) { spec.btf_value_type_id = 0; }));
  EXPECT_EQ(EINVAL, create_with([](MapSpec& spec) { spec.btf_key_type_id = 0; }));
}

TEST_P(BtfContract, a_key_type_alone_is_seen_before_bad_flags_and_sizes) {
  EXPECT_EQ(EINVAL, create_with([](MapSpec& spec) {
              spec.btf_value_type_id = 0;
              spec.value_size = 40000;
            }));
}

TEST_P(BtfContract, type_ids_without_btf_are_ebadf) {
  EXPECT_EQ(EBADF, create_with([](MapSpec& spec) { spec.btf.clear(); }));
}

TEST_P(BtfContract, other_sizes_than_the_types_are_refused) {
  EXPECT_EQ(EINVAL, create_with([](MapSpec& spec) { spec.key_size = 8; }));
  EXPECT_EQ(EINVAL, create_with([](MapSpec& spec) { spec.value_size = 16; }));
}

TEST_P(BtfContract, a_type_that_is_not_there_is_refused) {
  EXPECT_EQ(EINVAL, create_with([](MapSpec& spec) { spec.btf_value_type_id = 1000; }));
}

TEST_P(BtfContract, what_is_no_btf_is_refused_first_of_all) {
  const auto spoil = [](MapSpec& spec) { spec.btf[0] = std::byte{0}; };
  EXPECT_EQ(EINVAL, create_with(spoil));
  EXPECT_EQ(EINVAL, create_with([&](MapSpec& spec) { spoil(spec), spec.value_size = 40000; }));
  EXPECT_EQ(EINVAL, create_with([](MapSpec& spec) { spec.btf.resize(spec.btf.size() / 2); }));
  EXPECT_EQ(EINVAL, create_with([](MapSpec& spec) { spec.btf.resize(3); }));
}

TEST_P(BtfContract, too_much_btf_is_e2big) {
  EXPECT_EQ(E2BIG, create_with([](MapSpec& spec) { spec.btf.resize((16 << 20) + 1); }));
}

TEST_P(BtfContract, a_size_that_is_too_big_is_seen_before_types_that_do_not_fit) {
  EXPECT_EQ(E2BIG, create_with([](MapSpec& spec) { spec.value_size = 4 << 20; }));
}

}  // namespace
}  // namespace percpumap::test
