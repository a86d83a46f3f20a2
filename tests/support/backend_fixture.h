// Tests that run once for every backend: TEST_P on a class derived from BackendTest, then
// PERCPUMAP_FOR_EVERY_BACKEND(TheClass). What kernels do differently is expected as rules() say; no test
// skips what a kernel answers otherwise.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "base/error.h"
#include "sim/kernel_rules.h"

namespace percpumap::test {

using Buffer = std::vector<std::byte>;

// The errno value of an answer; 0 is success.
inline int code(std::error_code error) {
  return error.value();
}

template <typename T>
Bytes bytes_of(const T& object) {
  return std::as_bytes(std::span(&object, 1));
}

// A backend of its own for each test, and a directory for pins that nobody else uses. "sim" is this host: its
// CPUs and its kernel's version. "kernel" skips with its reason where this process may not make and pin maps.
class BackendTest : public testing::TestWithParam<const char*> {
 protected:
  BackendTest();
  void SetUp() override;
  void TearDown() override;

  bool simulated() const { return std::string_view(GetParam()) == "sim"; }
  Backend& backend() { return *backend_; }
  std::shared_ptr<Backend> shared_backend() { return backend_; }
  size_t cpus() { return backend().possible_cpus().size(); }
  // Of this host's kernel, or of the newest one that is known.
  const KernelRules& rules() const { return rules_; }
  bool has_take() const { return rules_.take == TakeCommand::known; }
  // `answer` where LOOKUP_AND_DELETE_ELEM is there for hash maps, else what is said to everybody who may ask.
  int take_answer(int answer) const {
    if (has_take()) return answer;
    return rules_.take == TakeCommand::other_types ? kKernelEnotsupp : EINVAL;
  }

  // /sys/fs/bpf/percpumap-test-PID/NAME; the directory exists.
  std::string pin_path(const std::string& name) const;
  // A directory below the one for pins.
  void make_pin_directory(const std::string& name);

  // A new map; null after a test failure.
  std::unique_ptr<RawMap> create(const MapSpec& spec);
  int try_create(const MapSpec& spec);
  // Opens by id with `open_flags`; null after a test failure.
  std::unique_ptr<RawMap> reopen(RawMap& map, uint32_t open_flags = 0);

 private:
  std::string host_pin_directory() const;

  const KernelRules rules_;
  std::string directory_;  // the simulated machine; empty on the kernel
  std::shared_ptr<Backend> backend_;
};

// Key 4, value 8 bytes, 16 entries, the kernel's order without a random seed.
MapSpec small_spec();

// A map of u32 keys and u64 values in few words. Slot i of an entry holds value + i.
class SmallMap {
 public:
  SmallMap(RawMap& map, size_t cpus) : map_(map), cpus_(cpus) {}

  int put(uint32_t key, uint64_t value, uint64_t flags = kAny);
  int get(uint32_t key, uint64_t flags = 0);
  int take(uint32_t key, uint64_t flags = 0);
  int erase(uint32_t key, uint64_t flags = 0);
  // The row that the last get or take delivered.
  const std::vector<uint64_t>& row() const { return row_; }
  std::vector<uint64_t> row_of(uint64_t value) const;
  // Keys first … last, values 100 * key.
  void fill(uint32_t first, uint32_t last);
  bool has(uint32_t key) { return get(key) == 0; }
  // All keys as GET_NEXT_KEY gives them.
  std::vector<uint32_t> keys();

 private:
  RawMap& map_;
  size_t cpus_;
  std::vector<uint64_t> row_;
};

// One small map, open, at the start of each test.
class SmallMapTest : public BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (HasFatalFailure() || IsSkipped()) return;
    map_ = create(small_spec());
    ASSERT_NE(nullptr, map_);
  }
  void TearDown() override {
    map_.reset();
    BackendTest::TearDown();
  }

  RawMap& map() { return *map_; }
  SmallMap small() { return {*map_, cpus()}; }

 private:
  std::unique_ptr<RawMap> map_;
};

}  // namespace percpumap::test

#define PERCPUMAP_FOR_EVERY_BACKEND(test_class)                                 \
  INSTANTIATE_TEST_SUITE_P(Every, test_class, testing::Values("sim", "kernel"), \
                           [](const auto& row) { return std::string(row.param); })
