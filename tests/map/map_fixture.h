// A Map on every backend, with faults between it and the backend.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "map/map.h"
#include "sim/faulty_backend.h"
#include "support/backend_fixture.h"

namespace percpumap::test {

class MapTest : public BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) faulty_ = make_faulty_backend(shared_backend(), faults_);
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

  // The CPUs whose slots programs reach: up to 5.18 none that is offline.
  CpuList reachable_cpus() {
    return rules().percpu_helper ? backend().possible_cpus() : backend().online_cpus();
  }
  bool reaches_all_cpus() { return reachable_cpus() == backend().possible_cpus(); }

  Faults& faults() { return *faults_; }
  // Every nth call of this kind, for longer than any test goes on.
  void fail_every(uint64_t nth, Call call, int code) {
    for (uint64_t at = nth; at < 10'000; at += nth) faults().fail(call, at, code);
  }
  Backend& faulty() { return *faulty_; }

 private:
  const std::shared_ptr<Faults> faults_ = std::make_shared<Faults>();
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
