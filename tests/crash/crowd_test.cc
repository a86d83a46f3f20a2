// Eight processes on one simulated map, none of them killed: no update is lost and no row is torn.
#include <gtest/gtest.h>

#include <cerrno>

#include "contract/sim_directory.h"
#include "crash/children.h"
#include "crash/map_check.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

constexpr uint32_t kProcesses = 8;
constexpr uint32_t kUpdates = 10000;

class Crowd : public SimDirectoryTest, public testing::WithParamInterface<uint32_t> {
 protected:
  Crowd() : backend_(make_sim_backend(directory())) {
    MapSpec spec = small_spec();
    spec.max_entries = kProcesses * kUpdates;
    spec.flags = GetParam();
    EXPECT_EQ(0, code(backend_->create(spec, map_)));
  }

  uint32_t cpus() const { return static_cast<uint32_t>(backend_->possible_cpus().size()); }
  // kUpdates updates by each process, of key_of(process, i); all must succeed.
  template <typename KeyOf>
  void update_all_at_once(uint64_t flags, KeyOf key_of) {
    std::vector<pid_t> children;
    for (uint32_t process = 0; process < kProcesses; ++process) {
      children.push_back(start_child([&] {
        std::unique_ptr<RawMap> map;
        if (backend_->open_id(1, 0, map)) return 1;
        for (uint32_t i = 0; i < kUpdates; ++i) {
          const uint32_t key = key_of(process, i);
          const auto row = marked_row(size_t{8} * cpus(), key, process);
          if (map->update(bytes_of(key), std::as_bytes(std::span(row)), flags)) return 1;
        }
        return 0;
      }));
    }
    for (const pid_t child : children) EXPECT_EQ(0, wait_for(child));
  }
  void expect_whole_with(uint32_t entries) {
    MapCheck check(directory() + "/maps/1", cpus());
    ASSERT_TRUE(check.ok());
    EXPECT_EQ("", check.what_is_wrong());
    EXPECT_EQ(entries, check.file().state().count);
  }

  std::unique_ptr<Backend> backend_;
  std::unique_ptr<RawMap> map_;
};

TEST_P(Crowd, all_updates_of_distinct_keys_arrive) {
  update_all_at_once(kNoExist, [](uint32_t process, uint32_t i) { return i * kProcesses + process; });
  expect_whole_with(kProcesses * kUpdates);
}

TEST_P(Crowd, updates_of_the_same_keys_tear_no_row) {
  constexpr uint32_t keys = 4;
  update_all_at_once(kAny, [](uint32_t /*process*/, uint32_t i) { return i % keys; });
  update_all_at_once(kExist, [](uint32_t /*process*/, uint32_t i) { return i % keys; });
  expect_whole_with(keys);
}

INSTANTIATE_TEST_SUITE_P(Of, Crowd, testing::Values(0U, +kNoPrealloc),
                         [](const auto& row) { return row.param == 0 ? "preallocated" : "sparse"; });

}  // namespace
}  // namespace percpumap::test
