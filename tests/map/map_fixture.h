// A Map on every backend, with faults between it and the backend.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "map/map.h"
#include "support/backend_fixture.h"
#include "support/faulty_backend.h"

namespace percpumap::test {

class MapTest : public BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) faulty_ = make_faulty_backend(backend(), faults_);
  }
  // Before the backend it wraps.
  void TearDown() override {
    faulty_.reset();
    BackendTest::TearDown();
  }

  Map make(const MapSpec& spec = small_spec()) { return Map::create(*faulty_, spec); }

  static Buffer key(uint32_t number) {
    const Bytes bytes = bytes_of(number);
    return {bytes.begin(), bytes.end()};
  }
  // The same value on every CPU.
  static Buffer row(const Map& map, uint64_t value) {
    Buffer bytes(map.shape().row_size());
    for (size_t at = 0; at < bytes.size(); at += 8) std::memcpy(bytes.data() + at, &value, 8);
    return bytes;
  }
  // Keys 0 … count - 1, each with its own number as value.
  static Batch batch(const Map& map, uint32_t count) {
    Batch entries;
    for (uint32_t i = 0; i < count; ++i) {
      const Buffer k = key(i);
      const Buffer r = row(map, i);
      entries.keys.insert(entries.keys.end(), k.begin(), k.end());
      entries.rows.insert(entries.rows.end(), r.begin(), r.end());
    }
    entries.count = count;
    return entries;
  }
  static void fill(Map& map, uint32_t count) {
    uint64_t done = 0;
    map.put(batch(map, count), kAny, done);
    ASSERT_EQ(done, count);
  }

  Faults& faults() { return faults_; }
  Backend& faulty() { return *faulty_; }

 private:
  Faults faults_;
  std::unique_ptr<Backend> faulty_;
};

// The problem that `call` throws; nullopt if it throws nothing.
template <typename Action>
std::optional<Problem> problem_of(Action call) {
  try {
    call();
    return std::nullopt;
  } catch (const Error& error) {
    return error.problem();
  }
}

}  // namespace percpumap::test
