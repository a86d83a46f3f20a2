// The bare system calls that a dump, a drain and an import cannot do without; what the program takes is
// judged against them.
//
//   floor BACKEND read PIN         LOOKUP_BATCH from the first bucket to the last, nothing printed
//   floor BACKEND halves PIN       the same by two threads, each with half of the buckets
//   floor BACKEND drain PIN        LOOKUP_AND_DELETE_BATCH to the end
//   floor BACKEND fill PIN COUNT   UPDATE_BATCH of the keys 0 … COUNT - 1
//
// A call takes about 2 MiB. Prints the entries that were read or written (halves: those that the first thread
// reads beyond its border twice) and the seconds that the calls took.
#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "backend/open_backend.h"

namespace percpumap::test {
namespace {

constexpr size_t kBatchBytes = size_t{2} << 20;

void require(std::error_code error, const char* what) {
  if (error) throw std::system_error(error, what);
}

struct Floor {
  Floor(const std::string& where, const std::string& pin) : backend(open_backend(where)) {
    require(backend->open_pin(pin, 0, map), pin.c_str());
    require(map->info(info), "info");
    row_size = round_up8(info.value_size) * backend->possible_cpus().size();
    capacity = static_cast<uint32_t>(std::max<size_t>(1, kBatchBytes / (info.key_size + row_size)));
  }

  uint32_t buckets() const { return std::bit_ceil(info.max_entries); }

  std::unique_ptr<Backend> backend;
  std::unique_ptr<RawMap> map;
  MapInfo info;
  size_t row_size = 0;
  uint32_t capacity = 0;  // entries of one batch
};

// Entries in the buckets from `bucket` up to, at least, the one before `end`.
uint64_t read(const Floor& floor, BatchCommand command, uint32_t bucket, uint32_t end) {
  uint32_t capacity = floor.capacity;
  std::vector<std::byte> keys(size_t{capacity} * floor.info.key_size);
  std::vector<std::byte> rows(capacity * floor.row_size);
  uint64_t entries = 0;
  while (bucket < end) {
    BatchCall call{.in = bucket == 0 ? nullptr : &bucket,
                   .out = &bucket,
                   .keys = keys.data(),
                   .rows = rows.data(),
                   .count = capacity};
    const std::error_code answer = floor.map->batch(command, call);
    if (answer.value() == ENOSPC) {
      capacity *= 2;
      keys.resize(size_t{capacity} * floor.info.key_size);
      rows.resize(capacity * floor.row_size);
      continue;
    }
    entries += call.count;
    if (answer.value() == ENOENT) break;
    require(answer, "batch");
  }
  return entries;
}

uint64_t read_halves(const Floor& floor) {
  const uint32_t middle = floor.buckets() / 2;
  uint64_t first = 0;
  std::thread other([&] { first = read(floor, BatchCommand::lookup, 0, middle); });
  const uint64_t second = read(floor, BatchCommand::lookup, middle, floor.buckets());
  other.join();
  return first + second;
}

// Numbers as keys, thousandfold as values of every CPU, over and over where there is room for more than one.
void write_numbers(uint64_t number, size_t size, std::byte* out) {
  for (size_t at = 0; at < size; at += sizeof number) {
    std::memcpy(out + at, &number, std::min(size - at, sizeof number));
  }
}

double fill(const Floor& floor, uint64_t count) {
  std::vector<std::byte> keys(floor.capacity * size_t{floor.info.key_size});
  std::vector<std::byte> rows(floor.capacity * floor.row_size);
  std::chrono::duration<double> seconds{};
  for (uint64_t done = 0; done < count;) {
    BatchCall call{.keys = keys.data(), .rows = rows.data()};
    for (; call.count < floor.capacity && done < count; ++call.count, ++done) {
      write_numbers(done, floor.info.key_size, &keys[call.count * size_t{floor.info.key_size}]);
      write_numbers(done * 1000, floor.row_size, &rows[call.count * floor.row_size]);
    }
    const auto before = std::chrono::steady_clock::now();
    require(floor.map->batch(BatchCommand::update, call), "UPDATE_BATCH");
    seconds += std::chrono::steady_clock::now() - before;
  }
  return seconds.count();
}

void run(const Floor& floor, std::string_view mode, uint64_t count) {
  const auto before = std::chrono::steady_clock::now();
  uint64_t entries = count;
  if (mode == "read") entries = read(floor, BatchCommand::lookup, 0, floor.buckets());
  if (mode == "halves") entries = read_halves(floor);
  if (mode == "drain") entries = read(floor, BatchCommand::take, 0, floor.buckets());
  const std::chrono::duration<double> all = std::chrono::steady_clock::now() - before;
  const double seconds = mode == "fill" ? fill(floor, count) : all.count();
  std::printf("%llu entries %.6f s\n", static_cast<unsigned long long>(entries), seconds);
}

bool is_command(int argc, char** argv) {
  if (argc == 5) return std::string_view(argv[2]) == "fill";
  const std::string_view mode = argc == 4 ? argv[2] : "";
  return mode == "read" || mode == "halves" || mode == "drain";
}

}  // namespace
}  // namespace percpumap::test

int main(int argc, char** argv) {
  if (!percpumap::test::is_command(argc, argv)) {
    std::fputs("usage: floor BACKEND read|halves|drain PIN, floor BACKEND fill PIN COUNT\n", stderr);
    return 64;
  }
  try {
    const percpumap::test::Floor floor(argv[1], argv[3]);
    percpumap::test::run(floor, argv[2], argc == 5 ? std::strtoull(argv[4], nullptr, 10) : 0);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "floor: %s\n", error.what());
    return 1;
  }
}
