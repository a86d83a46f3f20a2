// What one operation on a map of 100,000 entries (or PERCPUMAP_BENCH_ENTRIES) costs through Map and Scan, on
// both backends, and what the bare system calls of a dump cost, which is the floor for it.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>

#include "backend/open_backend.h"
#include "map/scan.h"
#include "support/skip.h"

namespace percpumap::test {
namespace {

uint32_t entries_wanted() {
  const char* text = std::getenv("PERCPUMAP_BENCH_ENTRIES");
  return text == nullptr ? 100000 : static_cast<uint32_t>(std::strtoul(text, nullptr, 10));
}

const uint32_t kEntries = entries_wanted();
constexpr size_t kBatchBytes = size_t{2} << 20;  // as Scan has it

// Key i (8 bytes) → i (8 bytes) on every CPU, for 0 … kEntries - 1.
Batch all_entries(const Shape& shape) {
  Batch batch;
  batch.count = kEntries;
  batch.keys.resize(kEntries * shape.key_size);
  batch.rows.resize(kEntries * shape.row_size());
  for (uint64_t i = 0; i < kEntries; ++i) std::memcpy(&batch.keys[i * 8], &i, 8);
  for (uint64_t i = 0; i < batch.rows.size() / 8; ++i) std::memcpy(&batch.rows[i * 8], &i, 8);
  return batch;
}

// A backend with one full map. Every benchmark leaves it full.
class Ground {
 public:
  explicit Ground(const std::string& where)
      : backend_(open_backend(where)),
        map(Map::create(*backend_,
                        {.key_size = 8, .value_size = 8, .max_entries = kEntries, .name = "bench"})),
        entries(all_entries(map.shape())),
        row(map.shape().row_size()) {
    fill();
  }

  void fill() {
    uint64_t done = 0;
    map.put(entries, kAny, done);
  }
  // One key after the other, in an order that no cache likes.
  Bytes next_key() { return entries.key(map.shape(), at_ = (at_ + 48271) % kEntries); }

 private:
  std::unique_ptr<Backend> backend_;
  size_t at_ = 0;

 public:
  Map map;
  Batch entries;
  std::vector<std::byte> row;
};

void lookup(benchmark::State& state, Ground& ground) {
  while (state.KeepRunning()) {
    if (!ground.map.lookup(ground.next_key(), ground.row)) state.SkipWithError("a key is gone");
  }
  state.SetItemsProcessed(state.iterations());
}

void update(benchmark::State& state, Ground& ground) {
  while (state.KeepRunning()) ground.map.update(ground.next_key(), ground.row, kExist);
  state.SetItemsProcessed(state.iterations());
}

void erase_and_insert(benchmark::State& state, Ground& ground) {
  while (state.KeepRunning()) {
    const Bytes key = ground.next_key();
    if (!ground.map.erase(key)) state.SkipWithError("a key is gone");
    ground.map.update(key, ground.row, kNoExist);
  }
  state.SetItemsProcessed(state.iterations());
}

// Every entry, one by one; filling the map again is not counted.
void erase(benchmark::State& state, Ground& ground) {
  while (state.KeepRunning()) {
    const auto before = std::chrono::steady_clock::now();
    for (uint32_t i = 0; i < kEntries; ++i) {
      if (!ground.map.erase(ground.next_key())) state.SkipWithError("a key is gone");
    }
    state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count());
    ground.fill();
  }
  state.SetItemsProcessed(state.iterations() * kEntries);
}

void fill_by_batches(benchmark::State& state, Ground& ground) {
  while (state.KeepRunning()) ground.fill();
  state.SetItemsProcessed(state.iterations() * kEntries);
}

void scan(benchmark::State& state, Ground& ground, Engine engine) {
  while (state.KeepRunning()) {
    Scan scan(ground.map, {.engine = engine});
    Batch batch;
    while (scan.next(batch)) benchmark::DoNotOptimize(batch.rows.data());
    if (scan.stats().rows != kEntries) state.SkipWithError("a scan that is not whole");
  }
  state.SetItemsProcessed(state.iterations() * kEntries);
}

void drain_and_fill(benchmark::State& state, Ground& ground) {
  while (state.KeepRunning()) {
    Scan scan(ground.map, {.engine = Engine::batch, .take = true});
    Batch batch;
    while (scan.next(batch)) benchmark::DoNotOptimize(batch.rows.data());
    ground.fill();
  }
  state.SetItemsProcessed(state.iterations() * kEntries);
}

// LOOKUP_BATCH until ENOENT and nothing else.
void floor_of_scan(benchmark::State& state, Ground& ground) {
  const Shape& shape = ground.map.shape();
  const auto capacity = static_cast<uint32_t>(kBatchBytes / (shape.key_size + shape.row_size()));
  std::vector<std::byte> keys(capacity * shape.key_size);
  std::vector<std::byte> rows(capacity * shape.row_size());
  while (state.KeepRunning()) {
    uint32_t token = 0;
    uint64_t got = 0;
    std::error_code answer;
    for (bool first = true; !answer; first = false) {
      BatchCall call{.in = first ? nullptr : &token,
                     .out = &token,
                     .keys = keys.data(),
                     .rows = rows.data(),
                     .count = capacity};
      answer = ground.map.raw().batch(BatchCommand::lookup, call);
      got += call.count;
    }
    if (answer.value() != ENOENT || got != kEntries) state.SkipWithError("LOOKUP_BATCH was not whole");
  }
  state.SetItemsProcessed(state.iterations() * kEntries);
}

void register_all(const std::string& name, Ground& ground) {
  const auto add = [&](const std::string& title, auto body) {
    return benchmark::RegisterBenchmark((name + "/" + title).c_str(),
                                        [&ground, body](benchmark::State& state) { body(state, ground); });
  };
  add("lookup", lookup);
  add("update", update);
  add("erase", erase)->UseManualTime();
  add("erase_and_insert", erase_and_insert);
  add("fill_by_batches", fill_by_batches);
  add("drain_and_fill", drain_and_fill);
  add("scan_walk", [](benchmark::State& state, Ground& on) { scan(state, on, Engine::walk); });
  add("scan_batch", [](benchmark::State& state, Ground& on) { scan(state, on, Engine::batch); });
  add("scan_floor", floor_of_scan);
}

// A directory for the simulated machine, gone with the object.
class Scratch {
 public:
  Scratch()
      : path_(std::filesystem::temp_directory_path() / ("percpumap-bench-" + std::to_string(getpid()))) {
    std::filesystem::create_directory(path_);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

int run_all(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const Scratch scratch;
  Ground simulated("sim:" + scratch.path());
  register_all("sim", simulated);
  std::optional<Ground> kernel;
  const std::string unusable = kernel_maps_unusable();
  if (unusable.empty()) {
    register_all("kernel", kernel.emplace("syscall"));
  } else {
    std::cout << "skipped: " << unusable << "\n";
  }
  benchmark::RunSpecifiedBenchmarks();
  return unusable.empty() || !skipping_is_failure() ? 0 : 1;
}

}  // namespace
}  // namespace percpumap::test

int main(int argc, char** argv) {
  try {
    return percpumap::test::run_all(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
