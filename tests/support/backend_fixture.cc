#include "support/backend_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "backend/syscall_backend.h"
#include "sim/sim_backend.h"
#include "support/host_kernel.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

const std::string kBpffs = "/sys/fs/bpf";

std::string pin_directory() {
  return "/percpumap-test-" + std::to_string(getpid());
}

}  // namespace

BackendTest::BackendTest() : rules_(kernel_rules(this_machine().kernel, Caps::all)) {}

void BackendTest::SetUp() {
  if (simulated()) {
    std::string name = testing::TempDir() + "percpumap-test-XXXXXX";
    ASSERT_NE(nullptr, mkdtemp(name.data()));
    directory_ = name;
    ASSERT_EQ(0, mkdir((directory_ + "/pins").c_str(), S_IRWXU));
    write_machine(directory_, this_machine());
    backend_ = make_sim_backend(directory_);
  } else {
    SKIP_UNLESS_EMPTY(kernel_maps_unusable());
    backend_ = make_syscall_backend();
  }
  ASSERT_EQ(0, mkdir(host_pin_directory().c_str(), S_IRWXU)) << host_pin_directory();
}

void BackendTest::TearDown() {
  if (!backend_) return;
  std::filesystem::remove_all(host_pin_directory());
  if (!directory_.empty()) std::filesystem::remove_all(directory_);
}

std::string BackendTest::host_pin_directory() const {
  return (simulated() ? directory_ + "/pins" : kBpffs) + pin_directory();
}

std::string BackendTest::pin_path(const std::string& name) const {
  return kBpffs + pin_directory() + "/" + name;
}

void BackendTest::make_pin_directory(const std::string& name) {
  const std::string path = host_pin_directory() + "/" + name;
  ASSERT_EQ(0, mkdir(path.c_str(), S_IRWXU)) << path;
}

std::unique_ptr<RawMap> BackendTest::create(const MapSpec& spec) {
  std::unique_ptr<RawMap> map;
  const auto error = backend().create(spec, map);
  EXPECT_FALSE(error) << "create: " << error.message();
  return map;
}

int BackendTest::try_create(const MapSpec& spec) {
  std::unique_ptr<RawMap> map;
  return code(backend().create(spec, map));
}

std::unique_ptr<RawMap> BackendTest::reopen(RawMap& map, uint32_t open_flags) {
  MapInfo info;
  EXPECT_EQ(0, code(map.info(info)));
  std::unique_ptr<RawMap> other;
  const auto error = backend().open_id(info.id, open_flags, other);
  EXPECT_FALSE(error) << "open id " << info.id << ": " << error.message();
  return other;
}

MapSpec small_spec() {
  MapSpec spec;
  spec.key_size = sizeof(uint32_t);
  spec.value_size = sizeof(uint64_t);
  spec.max_entries = 16;
  spec.flags = kZeroSeed;
  return spec;
}

std::vector<uint64_t> SmallMap::row_of(uint64_t value) const {
  std::vector<uint64_t> row(cpus_);
  for (uint64_t& slot : row) slot = value++;
  return row;
}

int SmallMap::put(uint32_t key, uint64_t value, uint64_t flags) {
  const auto row = row_of(value);
  return code(map_.update(bytes_of(key), std::as_bytes(std::span(row)), flags));
}

int SmallMap::get(uint32_t key, uint64_t flags) {
  row_.assign(cpus_, 0);
  return code(map_.lookup(bytes_of(key), std::as_writable_bytes(std::span(row_)), flags));
}

int SmallMap::take(uint32_t key, uint64_t flags) {
  row_.assign(cpus_, 0);
  return code(map_.take(bytes_of(key), std::as_writable_bytes(std::span(row_)), flags));
}

int SmallMap::erase(uint32_t key, uint64_t flags) {
  return code(map_.erase(bytes_of(key), flags));
}

// Without preallocation a kernel may have no memory for a moment (kernel-semantics.md 1.4).
void SmallMap::fill(uint32_t first, uint32_t last) {
  for (uint32_t key = first; key <= last; ++key) {
    int answer = put(key, uint64_t{100} * key);
    for (int again = 0; answer == ENOMEM && again < 100; ++again) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      answer = put(key, uint64_t{100} * key);
    }
    ASSERT_EQ(0, answer) << "key " << key;
  }
}

std::vector<uint32_t> SmallMap::keys() {
  constexpr size_t endless = 1'000'000;
  std::vector<uint32_t> keys;
  uint32_t key = 0;
  const auto buffer = std::as_writable_bytes(std::span(&key, 1));
  for (Bytes from; !map_.next_key(from, buffer) && keys.size() < endless; from = buffer) keys.push_back(key);
  EXPECT_LT(keys.size(), endless);
  return keys;
}

}  // namespace percpumap::test
