// Writers killed at random moments while others read and write the same map.
//
// PERCPUMAP_KILLS: how many kills for each kind of map (50). PERCPUMAP_SEED: of the random moments.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <random>

#include "contract/sim_directory.h"
#include "crash/children.h"
#include "crash/map_check.h"
#include "sim/sim_backend.h"
#include "support/backend_fixture.h"

namespace percpumap::test {
namespace {

constexpr auto kPin = "/sys/fs/bpf/map";
constexpr uint32_t kKeys = 64;
constexpr uint32_t kMaxEntries = 48;  // fewer than keys, so that "full" is met, too
constexpr uint32_t kBatch = 16;
constexpr int kWriters = 3;
constexpr int kReaders = 2;

unsigned long number_from_environment(const char* name, unsigned long otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

MapSpec spec_of(uint32_t flags) {
  MapSpec spec = small_spec();
  spec.value_size = 512;
  spec.max_entries = kMaxEntries;
  spec.flags = flags;
  return spec;
}

// One process's view of the map: random commands, and what may come of them.
class Worker {
 public:
  Worker(Backend& backend, unsigned seed)
      : random_(seed), row_size_(512 * backend.possible_cpus().size()), rows_(kMaxEntries * row_size_) {
    opened_ = !backend.open_pin(kPin, 0, map_);
  }

  // Ends only with an answer that no such command may give, or a torn row.
  int write_for_ever() {
    while (opened_ && write()) {
    }
    return 1;
  }
  int read_for_ever() {
    while (opened_ && read()) {
    }
    return 1;
  }

 private:
  uint32_t below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }
  static bool is_one_of(std::error_code answer, std::initializer_list<int> expected) {
    return std::ranges::find(expected, answer.value()) != expected.end();
  }

  bool write() {
    const uint32_t key = below(kKeys);
    const auto row = marked_row(row_size_, key, static_cast<uint32_t>(random_()));
    switch (below(6)) {
      case 0: return is_one_of(map_->update(bytes_of(key), as_bytes(row), kExist), {0, ENOENT});
      case 1: return is_one_of(map_->update(bytes_of(key), as_bytes(row), kNoExist), {0, EEXIST, E2BIG});
      case 2: return is_one_of(map_->erase(bytes_of(key), 0), {0, ENOENT});
      case 3: return take(key);
      case 4: return update_batch(key);
      default: return is_one_of(map_->update(bytes_of(key), as_bytes(row), kAny), {0, E2BIG});
    }
  }

  bool read() {
    const uint32_t key = below(kKeys);
    if (below(2) == 0) return whole_or_gone(map_->lookup(bytes_of(key), row_view(0), 0), key);
    uint32_t token = 0;
    BatchCall call{.out = &token, .keys = bytes(keys_), .rows = rows_.data(), .count = kMaxEntries};
    if (!is_one_of(map_->batch(BatchCommand::lookup, call), {ENOENT})) return false;
    for (uint32_t i = 0; i < call.count; ++i) {
      if (!is_marked_row(row_view(i), keys_[i])) return false;
    }
    return true;
  }

  bool take(uint32_t key) { return whole_or_gone(map_->take(bytes_of(key), row_view(0), 0), key); }

  bool update_batch(uint32_t first) {
    for (uint32_t i = 0; i < kBatch; ++i) {
      keys_[i] = (first + i) % kKeys;
      const auto row = marked_row(row_size_, keys_[i], static_cast<uint32_t>(random_()));
      std::ranges::copy(as_bytes(row), row_view(i).begin());
    }
    BatchCall call{.keys = bytes(keys_), .rows = rows_.data(), .count = kBatch};
    return is_one_of(map_->batch(BatchCommand::update, call), {0, E2BIG});
  }

  bool whole_or_gone(std::error_code answer, uint32_t key) {
    return answer ? answer.value() == ENOENT : is_marked_row(row_view(0), key);
  }

  static Bytes as_bytes(const std::vector<uint64_t>& row) { return std::as_bytes(std::span(row)); }
  static std::byte* bytes(std::array<uint32_t, kMaxEntries>& keys) {
    return std::as_writable_bytes(std::span(keys)).data();
  }
  MutableBytes row_view(size_t index) { return MutableBytes(rows_).subspan(index * row_size_, row_size_); }

  std::mt19937 random_;
  size_t row_size_;
  std::unique_ptr<RawMap> map_;
  bool opened_ = false;
  std::array<uint32_t, kMaxEntries> keys_{};
  std::vector<std::byte> rows_;
};

class Kills : public SimDirectoryTest, public testing::WithParamInterface<uint32_t> {
 protected:
  Kills() : backend_(make_sim_backend(directory())) {
    std::unique_ptr<RawMap> map;
    EXPECT_EQ(0, code(backend_->create(spec_of(GetParam()), map)));
    EXPECT_EQ(0, code(map->pin(kPin)));
    EXPECT_EQ(0, code(backend_->open_pin(kPin, 0, map_)));
  }

  pid_t start_writer() {
    return start_child([this, seed = random_()] { return Worker(*backend_, seed).write_for_ever(); });
  }
  pid_t start_reader() {
    return start_child([this, seed = random_()] { return Worker(*backend_, seed).read_for_ever(); });
  }
  // -SIGKILL unless it had ended by itself before.
  static int kill_and_wait(pid_t child) {
    kill(child, SIGKILL);
    return wait_for(child);
  }
  void expect_updates_at_once() {
    const uint32_t key = random_() % kKeys;
    const auto row = marked_row(512 * backend_->possible_cpus().size(), key, 1);
    const int answer = code(map_->update(bytes_of(key), std::as_bytes(std::span(row)), kAny));
    EXPECT_TRUE(answer == 0 || answer == E2BIG) << answer;
  }

  std::mt19937 random_{static_cast<unsigned>(number_from_environment("PERCPUMAP_SEED", getpid()))};
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<RawMap> map_;
};

TEST_P(Kills, leave_the_map_whole_and_usable) {
  const auto kills = number_from_environment("PERCPUMAP_KILLS", 50);
  MapCheck check(directory() + "/maps/1", static_cast<uint32_t>(backend_->possible_cpus().size()));
  ASSERT_TRUE(check.ok());
  std::array<pid_t, kWriters> writers{};
  std::array<pid_t, kReaders> readers{};
  for (pid_t& writer : writers) writer = start_writer();
  for (pid_t& reader : readers) reader = start_reader();
  for (unsigned long i = 0; i < kills && !HasFailure(); ++i) {
    usleep(static_cast<useconds_t>(random_() % 3000));
    pid_t& victim = writers[random_() % kWriters];
    EXPECT_EQ(-SIGKILL, kill_and_wait(victim)) << "a writer got a wrong answer or a torn row";
    EXPECT_EQ("", check.what_is_wrong());
    expect_updates_at_once();
    victim = start_writer();
  }
  for (const pid_t writer : writers) EXPECT_EQ(-SIGKILL, kill_and_wait(writer));
  for (const pid_t reader : readers) EXPECT_EQ(-SIGKILL, kill_and_wait(reader)) << "a reader saw a torn row";
  EXPECT_EQ("", check.what_is_wrong());
  expect_updates_at_once();
}

INSTANTIATE_TEST_SUITE_P(Of, Kills, testing::Values(0U, +kNoPrealloc),
                         [](const auto& row) { return row.param == 0 ? "preallocated" : "sparse"; });

}  // namespace
}  // namespace percpumap::test
