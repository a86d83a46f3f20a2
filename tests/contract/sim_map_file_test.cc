// Files that are no good map: refused with a code, never a crash.
#include <cerrno>
#include <cstddef>
#include <fstream>

#include "contract/sim_directory.h"
#include "sim/map_file.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

class SimMapFile : public SimDirectoryTest {
 protected:
  SimMapFile() : backend_(make_sim_backend(directory())) {
    std::unique_ptr<RawMap> map;
    EXPECT_EQ(0, code(backend_->create(small_spec(), map)));
    EXPECT_EQ(0, code(map->pin(kPin)));
  }

  std::string file() const { return directory() + "/maps/1"; }
  int open() {
    std::unique_ptr<RawMap> map;
    const int by_id = code(backend_->open_id(1, 0, map));
    EXPECT_EQ(by_id, code(backend_->open_pin(kPin, 0, map)));
    return by_id;
  }
  template <typename T>
  void overwrite(size_t offset, T value) {
    std::fstream out(file(), std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(offset));
    out.write(reinterpret_cast<const char*>(&value), sizeof value);
  }

  template <typename T>
  T read(size_t offset) {
    T value{};
    std::ifstream in(file(), std::ios::binary);
    in.seekg(static_cast<std::streamoff>(offset));
    in.read(reinterpret_cast<char*>(&value), sizeof value);
    return value;
  }

  std::unique_ptr<RawMap> opened() {
    std::unique_ptr<RawMap> map;
    EXPECT_EQ(0, code(backend_->open_id(1, 0, map)));
    return map;
  }
  size_t row_size() const { return 8 * backend_->possible_cpus().size(); }
  size_t stride() const { return sizeof(ElementHead) + 8 + row_size(); }
  std::error_code lookup(uint32_t key) {
    Buffer row(row_size());
    return opened()->lookup(bytes_of(key), row, 0);
  }
  std::error_code first_key() {
    Buffer key(4);
    return opened()->next_key({}, key);
  }
  std::error_code lookup_batch() {
    Buffer keys(4 * 16);
    Buffer rows(row_size() * 16);
    uint32_t token = 0;
    BatchCall call{.out = &token, .keys = keys.data(), .rows = rows.data(), .count = 16};
    return opened()->batch(BatchCommand::lookup, call);
  }

  static constexpr size_t kState = offsetof(MapHeader, state);
  static constexpr auto kPin = "/sys/fs/bpf/map";
  std::unique_ptr<Backend> backend_;
};

TEST_F(SimMapFile, an_untouched_one_opens) {
  EXPECT_EQ(0, open());
}

TEST_F(SimMapFile, a_foreign_file_is_enodev) {
  overwrite(offsetof(MapShape, magic), uint64_t{0x1234});
  EXPECT_EQ(ENODEV, open());
}

TEST_F(SimMapFile, an_empty_or_short_file_is_enodev) {
  for (const uintmax_t size : {sizeof(MapShape) - 1, size_t{0}}) {
    std::filesystem::resize_file(file(), size);
    EXPECT_EQ(ENODEV, open()) << size;
  }
}

TEST_F(SimMapFile, btf_that_is_not_there_is_eio) {
  overwrite(offsetof(MapShape, btf_size), uint32_t{8});
  EXPECT_EQ(EIO, open());
  overwrite(offsetof(MapShape, btf_size), UINT32_MAX);
  EXPECT_EQ(EIO, open());
}

TEST_F(SimMapFile, btf_is_handed_out_whatever_it_is) {
  std::filesystem::resize_file(file(), std::filesystem::file_size(file()) + 8);
  overwrite(offsetof(MapShape, btf_size), uint32_t{8});
  std::vector<std::byte> blob;
  EXPECT_EQ(0, code(backend_->btf(1, blob)));
  EXPECT_EQ(blob, std::vector<std::byte>(8));
}

TEST_F(SimMapFile, another_version_is_enodev) {
  overwrite(offsetof(MapShape, version), uint32_t{99});
  EXPECT_EQ(ENODEV, open());
}

TEST_F(SimMapFile, a_map_of_a_machine_with_other_cpus_is_enodev) {
  overwrite(offsetof(MapShape, cpus), uint32_t{9999});
  EXPECT_EQ(ENODEV, open());
}

TEST_F(SimMapFile, a_cut_or_grown_file_is_eio) {
  const auto size = std::filesystem::file_size(file());
  for (const uintmax_t wrong : {size - 1, size + 8}) {
    std::filesystem::resize_file(file(), wrong);
    EXPECT_EQ(EIO, open()) << wrong;
  }
}

TEST_F(SimMapFile, impossible_sizes_are_eio) {
  overwrite(offsetof(MapShape, key_size), UINT32_MAX);
  EXPECT_EQ(EIO, open());
  overwrite(offsetof(MapShape, key_size), uint32_t{4});
  overwrite(offsetof(MapShape, max_entries), uint32_t{0});
  EXPECT_EQ(EIO, open());
}

TEST_F(SimMapFile, impossible_counts_are_eio_on_use) {
  for (const size_t field :
       {offsetof(MapState, count), offsetof(MapState, reserved), offsetof(MapState, touched),
        offsetof(MapState, free_list), offsetof(MapState, redo)}) {
    const auto before = read<uint32_t>(kState + field);
    overwrite(kState + field, uint32_t{17});
    EXPECT_EQ(EIO, code(lookup(1))) << field;
    EXPECT_EQ(EIO, code(lookup(1))) << "the lock is free after a refusal";
    overwrite(kState + field, before);
    EXPECT_EQ(ENOENT, code(lookup(1))) << field;
  }
}

TEST_F(SimMapFile, a_bucket_that_names_no_element_is_eio) {
  for (uint32_t bucket = 0; bucket < 16; ++bucket) overwrite(sizeof(MapHeader) + 4 * bucket, uint32_t{16});
  EXPECT_EQ(EIO, code(lookup(1)));
  EXPECT_EQ(EIO, code(first_key()));
  EXPECT_EQ(EIO, code(lookup_batch()));
}

TEST_F(SimMapFile, a_chain_that_is_a_loop_is_eio) {
  auto map = opened();
  SmallMap small(*map, backend_->possible_cpus().size());
  ASSERT_EQ(0, small.put(1, 1));
  const size_t element = sizeof(MapHeader) + 4 * 16 + stride();
  overwrite(element + offsetof(ElementHead, next), uint32_t{1});
  EXPECT_EQ(EIO, code(first_key()));
  EXPECT_EQ(EIO, code(lookup_batch()));
  for (uint32_t absent = 2; absent < 100; ++absent) {
    EXPECT_TRUE(code(lookup(absent)) == ENOENT || code(lookup(absent)) == EIO) << absent;
  }
}

TEST_F(SimMapFile, a_lock_left_by_another_boot_is_made_anew) {
  overwrite(offsetof(MapHeader, boot), 'x');
  for (size_t i = 0; i < sizeof(pthread_mutex_t); ++i) overwrite(offsetof(MapHeader, lock) + i, '\xff');
  overwrite(kState + offsetof(MapState, held), uint32_t{1});
  overwrite(kState + offsetof(MapState, count), uint32_t{7});
  auto map = opened();
  EXPECT_EQ(0U, SmallMap(*map, backend_->possible_cpus().size()).keys().size());
  EXPECT_EQ(0U, read<uint32_t>(kState + offsetof(MapState, count)));
}

TEST_F(SimMapFile, a_file_that_is_no_map_can_be_unpinned) {
  std::ofstream(directory() + "/pins/text") << "text";
  EXPECT_EQ(0, code(backend_->unpin("/sys/fs/bpf/text")));
  EXPECT_EQ(0, open());
}

}  // namespace
}  // namespace percpumap::test
