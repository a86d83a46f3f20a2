// The directory of a simulated machine: who may use it, and what lies in it.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "base/error.h"
#include "contract/sim_directory.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

class SimMachine : public SimDirectoryTest {
 protected:
  // The problem that keeps the machine from being opened; `bug` if nothing does.
  Problem refusal(const std::string& directory) {
    try {
      make_sim_backend(directory);
    } catch (const Error& error) {
      message_ = error.what();
      hint_ = error.hint;
      return error.problem();
    }
    return Problem::bug;
  }
  unsigned mode_of(const std::string& path) {
    struct stat status = {};
    EXPECT_EQ(0, stat(path.c_str(), &status)) << path;
    return status.st_mode & 07777;
  }
  std::string message_;
  std::string hint_;
};

TEST_F(SimMachine, a_missing_directory_is_a_machine_without_maps) {
  const auto backend = make_sim_backend(directory());
  uint32_t id = 0;
  std::unique_ptr<RawMap> map;
  EXPECT_EQ(ENOENT, code(backend->next_id(0, id)));
  EXPECT_EQ(ENOENT, code(backend->open_id(1, 0, map)));
  EXPECT_EQ(ENOENT, code(backend->open_pin("/sys/fs/bpf/map", 0, map)));
  EXPECT_TRUE(backend->pinned_paths().empty());
  EXPECT_FALSE(std::filesystem::exists(directory()));
}

TEST_F(SimMachine, the_first_map_makes_a_private_directory) {
  const auto backend = make_sim_backend(directory());
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(0, code(backend->create(small_spec(), map)));
  EXPECT_EQ(0700U, mode_of(directory()));
  EXPECT_EQ(0600U, mode_of(directory() + "/maps/1"));
}

TEST_F(SimMachine, only_the_last_part_of_the_directory_is_made) {
  const auto backend = make_sim_backend(directory() + "/deeper");
  std::unique_ptr<RawMap> map;
  EXPECT_EQ(ENOENT, code(backend->create(small_spec(), map)));
}

TEST_F(SimMachine, a_refused_map_leaves_no_file) {
  const auto backend = make_sim_backend(directory());
  MapSpec spec = small_spec();
  spec.name = "bad-name";
  std::unique_ptr<RawMap> map;
  EXPECT_EQ(EINVAL, code(backend->create(spec, map)));
  EXPECT_TRUE(std::filesystem::is_empty(directory() + "/maps"));
}

TEST_F(SimMachine, a_directory_others_may_write_to_is_refused) {
  ASSERT_EQ(0, chmod(root().c_str(), 0770));
  EXPECT_EQ(Problem::not_permitted, refusal(root()));
  EXPECT_NE(std::string::npos, message_.find(root()));
  EXPECT_EQ("mend it: chmod 700 " + root(), hint_);
}

TEST_F(SimMachine, another_users_directory_is_refused) {
  SKIP_UNLESS_EMPTY(std::string(geteuid() == 0 ? "" : "only root can give a directory away"));
  ASSERT_EQ(0, chown(root().c_str(), 12345, 12345));
  EXPECT_EQ(Problem::not_permitted, refusal(root()));
}

TEST_F(SimMachine, a_file_is_no_machine) {
  std::ofstream(directory()) << "text";
  EXPECT_EQ(Problem::system, refusal(directory()));
}

TEST_F(SimMachine, a_map_left_by_a_killed_process_is_gone) {
  const auto backend = make_sim_backend(directory());
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(0, code(backend->create(small_spec(), map)));
  const pid_t child = fork();
  if (child == 0) {
    std::unique_ptr<RawMap> left;
    _exit(backend->create(small_spec(), left) ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(child, waitpid(child, &status, 0));
  ASSERT_EQ(0, status);
  ASSERT_TRUE(std::filesystem::exists(directory() + "/maps/2"));
  uint32_t id = 0;
  EXPECT_EQ(ENOENT, code(backend->next_id(1, id)));
  EXPECT_EQ(ENOENT, code(backend->open_id(2, 0, map)));
  EXPECT_FALSE(std::filesystem::exists(directory() + "/maps/2"));
}

TEST_F(SimMachine, a_refused_map_takes_no_id) {
  const auto backend = make_sim_backend(directory());
  MapSpec spec = small_spec();
  spec.name = "bad-name";
  std::unique_ptr<RawMap> map;
  EXPECT_EQ(EINVAL, code(backend->create(spec, map)));
  ASSERT_EQ(0, code(backend->create(small_spec(), map)));
  EXPECT_TRUE(std::filesystem::exists(directory() + "/maps/1"));
}

TEST_F(SimMachine, a_map_whose_maker_was_killed_goes_with_the_next_process) {
  const auto backend = make_sim_backend(directory());
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(0, code(backend->create(small_spec(), map)));
  std::ofstream(directory() + "/maps/.new") << "half a map";
  make_sim_backend(directory());
  EXPECT_FALSE(std::filesystem::exists(directory() + "/maps/.new"));
  std::ofstream(directory() + "/maps/.new") << "half a map";
  ASSERT_EQ(0, code(backend->create(small_spec(), map)));
  EXPECT_FALSE(std::filesystem::exists(directory() + "/maps/.new"));
  EXPECT_TRUE(std::filesystem::exists(directory() + "/maps/2"));
}

TEST_F(SimMachine, links_are_not_followed) {
  const auto backend = make_sim_backend(directory());
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(0, code(backend->create(small_spec(), map)));
  ASSERT_EQ(0, code(map->pin("/sys/fs/bpf/map")));
  std::filesystem::create_directory(root() + "/elsewhere");
  std::filesystem::create_hard_link(directory() + "/maps/1", root() + "/elsewhere/map");
  std::filesystem::create_symlink(root() + "/elsewhere", directory() + "/pins/out");
  std::filesystem::create_symlink(root() + "/elsewhere/map", directory() + "/pins/link");
  std::filesystem::create_symlink(root() + "/elsewhere/map", directory() + "/maps/7");
  for (const char* path : {"/sys/fs/bpf/out/map", "/sys/fs/bpf/link"}) {
    EXPECT_EQ(ELOOP, code(backend->open_pin(path, 0, map))) << path;
    EXPECT_EQ(ELOOP, code(backend->unpin(path))) << path;
  }
  EXPECT_EQ(ELOOP, code(map->pin("/sys/fs/bpf/out/new")));
  EXPECT_EQ(ELOOP, code(backend->open_id(7, 0, map)));
  EXPECT_EQ(std::vector<std::string>{"/sys/fs/bpf/map"}, backend->pinned_paths());
}

TEST_F(SimMachine, a_link_in_place_of_its_maps_or_pins_is_no_machine) {
  std::filesystem::create_directory(root() + "/elsewhere");
  for (const char* inner : {"/maps", "/pins"}) {
    std::filesystem::create_directory_symlink(root() + "/elsewhere", root() + inner);
    EXPECT_EQ(Problem::system, refusal(root())) << inner;
    std::filesystem::remove(root() + inner);
  }
}

TEST_F(SimMachine, a_pipe_in_place_of_a_map_stops_nobody) {
  const auto backend = make_sim_backend(directory());
  std::unique_ptr<RawMap> map;
  ASSERT_EQ(0, code(backend->create(small_spec(), map)));
  ASSERT_EQ(0, mkfifo((directory() + "/maps/7").c_str(), 0600));
  EXPECT_EQ(ENOENT, code(backend->open_id(7, 0, map))) << "gone as a map that nobody uses";
}

TEST_F(SimMachine, a_preallocated_map_takes_its_space_at_once_and_a_sparse_one_does_not) {
  const auto backend = make_sim_backend(directory());
  const auto blocks = [&](uint32_t flags) {
    MapSpec spec = small_spec();
    spec.value_size = 4096;
    spec.max_entries = 256;
    spec.flags = flags;
    std::unique_ptr<RawMap> map;
    EXPECT_EQ(0, code(backend->create(spec, map)));
    MapInfo info;
    EXPECT_EQ(0, code(map->info(info)));
    struct stat status = {};
    EXPECT_EQ(0, stat((directory() + "/maps/" + std::to_string(info.id)).c_str(), &status));
    return status.st_blocks * 512;
  };
  EXPECT_GE(blocks(0), 1 << 20);
  EXPECT_LT(blocks(kNoPrealloc), 64 << 10);
}

}  // namespace
}  // namespace percpumap::test
