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

  static constexpr auto kPin = "/sys/fs/bpf/map";
  std::unique_ptr<Backend> backend_;
};

TEST_F(SimMapFile, an_untouched_one_opens) {
  EXPECT_EQ(0, open());
}

TEST_F(SimMapFile, a_foreign_file_is_enodev) {
  overwrite(offsetof(MapHeader, magic), uint64_t{0x1234});
  EXPECT_EQ(ENODEV, open());
}

TEST_F(SimMapFile, an_empty_or_short_file_is_enodev) {
  for (const uintmax_t size : {sizeof(MapHeader) - 1, size_t{0}}) {
    std::filesystem::resize_file(file(), size);
    EXPECT_EQ(ENODEV, open()) << size;
  }
}

TEST_F(SimMapFile, another_version_is_enodev) {
  overwrite(offsetof(MapHeader, version), uint32_t{99});
  EXPECT_EQ(ENODEV, open());
}

TEST_F(SimMapFile, a_map_of_a_machine_with_other_cpus_is_enodev) {
  overwrite(offsetof(MapHeader, cpus), uint32_t{9999});
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
  overwrite(offsetof(MapHeader, key_size), UINT32_MAX);
  EXPECT_EQ(EIO, open());
  overwrite(offsetof(MapHeader, key_size), uint32_t{4});
  overwrite(offsetof(MapHeader, max_entries), uint32_t{0});
  EXPECT_EQ(EIO, open());
}

TEST_F(SimMapFile, an_impossible_count_is_eio) {
  overwrite(offsetof(MapHeader, free_list), uint32_t{17});
  EXPECT_EQ(EIO, open());
}

TEST_F(SimMapFile, a_file_that_is_no_map_can_be_unpinned) {
  std::ofstream(directory() + "/pins/text") << "text";
  EXPECT_EQ(0, code(backend_->unpin("/sys/fs/bpf/text")));
  EXPECT_EQ(0, open());
}

}  // namespace
}  // namespace percpumap::test
