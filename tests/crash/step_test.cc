// A command stopped after every single instruction: at each moment at which it may be killed, the file is one
// that the next process makes whole, with the entry as it was before or as it is after.
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <optional>

#include "contract/sim_directory.h"
#include "crash/children.h"
#include "crash/map_check.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

constexpr uint32_t kKey = 3;
constexpr uint32_t kNeighbour = 1;  // behind it in the same bucket of four
constexpr size_t kValueSize = 256;  // more than one instruction copies
constexpr uint32_t kOld = 1;
constexpr uint32_t kNew = 2;

using Command = std::error_code (*)(RawMap&, Bytes row);

class Steps : public SimDirectoryTest, public testing::WithParamInterface<uint32_t> {
 protected:
  Steps() : backend_(make_sim_backend(directory())) {
    MapSpec spec = small_spec();
    spec.value_size = kValueSize;
    spec.max_entries = 4;
    spec.flags |= GetParam();
    EXPECT_EQ(0, code(backend_->create(spec, map_)));
    for (const uint32_t key : {kNeighbour, 2U, kKey}) put(key);
  }

  uint32_t cpus() const { return static_cast<uint32_t>(backend_->possible_cpus().size()); }
  std::vector<uint64_t> row(uint32_t key, uint32_t stamp) const {
    return marked_row(kValueSize * cpus(), key, stamp);
  }
  void put(uint32_t key) {
    const auto old = row(key, kOld);
    EXPECT_EQ(0, code(map_->update(bytes_of(key), std::as_bytes(std::span(old)), kAny)));
  }
  std::string file() const { return directory() + "/maps/1"; }
  std::string copy() const { return root() + "/copy"; }

  // A child that waits to be stepped through `command`, then exits with its errno.
  pid_t start_traced(Command command) {
    const pid_t child = start_child([this, command] {
      const auto fresh = row(kKey, kNew);
      if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) return 255;
      std::raise(SIGSTOP);
      return code(command(*map_, std::as_bytes(std::span(fresh))));
    });
    int status = 0;
    EXPECT_EQ(child, waitpid(child, &status, 0));
    return WIFSTOPPED(status) ? child : -1;
  }

  // Calls `look` with each new content of the file while `child` runs. The child's exit status.
  template <typename Look>
  int step_through(pid_t child, const MapFile& live, size_t size, Look look) {
    std::vector<char> last;
    int status = 0;
    for (;;) {
      const char* now = reinterpret_cast<const char*>(&live.state()) - offsetof(MapHeader, state);
      if (last.empty() || std::memcmp(last.data(), now, size) != 0) {
        last.assign(now, now + size);
        look(last);
      }
      ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr);
      if (waitpid(child, &status, 0) != child) return -1;
      if (WIFEXITED(status)) return WEXITSTATUS(status);
    }
  }

  // What the next process finds: the stamp of the key's row, none where the key is gone.
  std::optional<uint32_t> stamp_after_repair(const std::vector<char>& content) {
    std::ofstream(copy(), std::ios::binary)
        .write(content.data(), static_cast<std::streamsize>(content.size()));
    MapCheck check(copy(), cpus());
    if (!check.ok()) return std::nullopt;
    EXPECT_EQ("", check.what_is_wrong());
    const HashTable::Guard guard(check.table());
    EXPECT_NE(0U, check.table().find(bytes_of(kNeighbour)));
    const uint32_t element = check.table().find(bytes_of(kKey));
    if (element == 0) return std::nullopt;
    uint32_t stamp = 0;
    std::memcpy(&stamp, check.table().row(element).data(), sizeof stamp);
    return stamp;
  }

  void expect_from_to(Command command, std::optional<uint32_t> before, std::optional<uint32_t> after);

  std::unique_ptr<Backend> backend_;
  std::unique_ptr<RawMap> map_;
};

void Steps::expect_from_to(Command command, std::optional<uint32_t> before, std::optional<uint32_t> after) {
  const MapCheck live(file(), cpus());
  ASSERT_TRUE(live.ok());
  const pid_t child = start_traced(command);
  SKIP_UNLESS_EMPTY(std::string(child > 0 ? "" : "ptrace(2) is not permitted here"));
  std::optional<uint32_t> now = before;
  int changes = 0;
  const int result =
      step_through(child, live.file(), std::filesystem::file_size(file()), [&](const auto& content) {
        const auto found = stamp_after_repair(content);
        if (found != now) {
          EXPECT_TRUE(now == before && found == after) << "content " << changes;
          now = found;
        }
        ++changes;
      });
  EXPECT_EQ(0, result);
  EXPECT_EQ(after, now);
  EXPECT_GT(changes, 3) << "too few different contents for a command that changes something";
}

TEST_P(Steps, an_update_in_place_is_whole_after_every_instruction) {
  expect_from_to([](RawMap& map, Bytes row) { return map.update(bytes_of(kKey), row, kExist); }, kOld, kNew);
}

TEST_P(Steps, an_insert_is_whole_after_every_instruction) {
  ASSERT_EQ(0, code(map_->erase(bytes_of(kKey), 0)));
  expect_from_to([](RawMap& map, Bytes row) { return map.update(bytes_of(kKey), row, kNoExist); },
                 std::nullopt, kNew);
}

TEST_P(Steps, an_insert_of_a_new_element_is_whole_after_every_instruction) {
  ASSERT_EQ(0, code(map_->erase(bytes_of(kKey), 0)));
  put(4);  // takes the freed element
  expect_from_to([](RawMap& map, Bytes row) { return map.update(bytes_of(kKey), row, kNoExist); },
                 std::nullopt, kNew);
}

TEST_P(Steps, a_delete_is_whole_after_every_instruction) {
  put(4);
  ASSERT_EQ(0, code(map_->erase(bytes_of(uint32_t{4}), 0)));  // so that the free list is not empty
  expect_from_to([](RawMap& map, Bytes /*row*/) { return map.erase(bytes_of(kKey), 0); }, kOld, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Of, Steps, testing::Values(0U, +kNoPrealloc),
                         [](const auto& row) { return row.param == 0 ? "preallocated" : "sparse"; });

}  // namespace
}  // namespace percpumap::test
