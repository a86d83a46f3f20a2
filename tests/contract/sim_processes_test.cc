// Several processes on one simulated map.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "contract/sim_directory.h"
#include "sim/hash_table.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

class SimProcesses : public SimDirectoryTest {
 protected:
  static constexpr auto kPin = "/sys/fs/bpf/map";

  std::unique_ptr<Backend> machine() { return make_sim_backend(directory()); }
  std::unique_ptr<RawMap> open(Backend& backend) {
    std::unique_ptr<RawMap> map;
    EXPECT_EQ(0, code(backend.open_pin(kPin, 0, map)));
    return map;
  }
  void pin_new_map(Backend& backend, uint32_t max_entries, uint32_t flags) {
    MapSpec spec = small_spec();
    spec.max_entries = max_entries;
    spec.flags = flags;
    std::unique_ptr<RawMap> map;
    ASSERT_EQ(0, code(backend.create(spec, map)));
    ASSERT_EQ(0, code(map->pin(kPin)));
  }
};

// Runs `work` in a child; its result is the exit status.
template <typename Work>
pid_t start(Work work) {
  const pid_t child = fork();
  if (child == 0) _exit(work());
  return child;
}

int exit_status(pid_t child) {
  int status = 0;
  EXPECT_EQ(child, waitpid(child, &status, 0));
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(SimProcesses, all_updates_of_distinct_keys_arrive) {
  constexpr uint32_t processes = 4;
  constexpr uint32_t each = 2000;
  for (const uint32_t flags : {0U, +kNoPrealloc}) {
    const auto backend = machine();
    pin_new_map(*backend, processes * each, flags);
    std::vector<pid_t> children;
    for (uint32_t child = 0; child < processes; ++child) {
      children.push_back(start([&] {
        const auto map = open(*backend);
        SmallMap small(*map, backend->possible_cpus().size());
        int failures = 0;
        for (uint32_t i = 0; i < each; ++i) failures += small.put(i * processes + child, i) != 0 ? 1 : 0;
        return failures == 0 ? 0 : 1;
      }));
    }
    for (const pid_t child : children) EXPECT_EQ(0, exit_status(child));
    const auto map = open(*backend);
    SmallMap small(*map, backend->possible_cpus().size());
    EXPECT_EQ(processes * each, small.keys().size());
    EXPECT_EQ(E2BIG, small.put(processes * each, 0));
    ASSERT_EQ(0, code(backend->unpin(kPin)));
  }
}

TEST_F(SimProcesses, a_process_killed_with_the_lock_held_stops_nobody) {
  const auto backend = machine();
  pin_new_map(*backend, 16, 0);
  const auto map = open(*backend);
  SmallMap small(*map, backend->possible_cpus().size());
  small.fill(1, 16);
  ASSERT_EQ(0, small.erase(3));
  const pid_t child = start([&] {
    UniqueFd fd(::open((directory() + "/maps/1").c_str(), O_RDWR));
    std::unique_ptr<MapFile> file;
    const auto cpus = static_cast<uint32_t>(backend->possible_cpus().size());
    if (MapFile::open(std::move(fd), cpus, file)) return 1;
    MapState& state = file->state();
    HashTable table(std::move(file));
    const HashTable::Guard guard(table);
    state.free_list = 0;  // an insert that has taken its element and not yet published it
    state.count = 3;
    return std::raise(SIGKILL);
  });
  EXPECT_EQ(-1, exit_status(child));
  EXPECT_EQ(15U, small.keys().size());
  EXPECT_EQ(0, small.put(3, 1)) << "the element is free again";
  EXPECT_EQ(E2BIG, small.put(17, 1));
}

TEST_F(SimProcesses, processes_create_maps_with_distinct_ids) {
  constexpr uint32_t processes = 4;
  constexpr uint32_t each = 20;
  std::vector<pid_t> children;
  for (uint32_t child = 0; child < processes; ++child) {
    children.push_back(start([&] {
      const auto backend = machine();
      for (uint32_t i = 0; i < each; ++i) {
        std::unique_ptr<RawMap> map;
        if (backend->create(small_spec(), map)) return 1;
      }
      return 0;
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(0, exit_status(child));
  std::unique_ptr<RawMap> map;
  MapInfo info;
  ASSERT_EQ(0, code(machine()->create(small_spec(), map)));
  ASSERT_EQ(0, code(map->info(info)));
  EXPECT_EQ(processes * each + 1, info.id);
}

}  // namespace
}  // namespace percpumap::test
