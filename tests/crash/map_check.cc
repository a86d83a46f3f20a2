#include "crash/map_check.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "sim/jhash.h"

namespace percpumap::test {
namespace {

std::unique_ptr<MapFile> open_file(const std::string& path, uint32_t cpus) {
  std::unique_ptr<MapFile> file;
  EXPECT_EQ(0, MapFile::open(UniqueFd(open(path.c_str(), O_RDWR | O_CLOEXEC)), cpus, file).value()) << path;
  return file;
}

uint32_t number(Bytes key) {
  uint32_t number = 0;
  std::memcpy(&number, key.data(), sizeof number);
  return number;
}

}  // namespace

std::vector<uint64_t> marked_row(size_t row_size, uint32_t key, uint32_t stamp) {
  std::vector<uint64_t> row(row_size / 8);
  std::ranges::fill(row, uint64_t{key} << 32 | stamp);
  return row;
}

bool is_marked_row(Bytes row, uint32_t key) {
  std::vector<uint64_t> words(row.size() / 8);
  std::memcpy(words.data(), row.data(), row.size());
  return words[0] >> 32 == key && std::ranges::count(words, words[0]) == std::ssize(words);
}

MapCheck::MapCheck(const std::string& path, uint32_t cpus) : file_(open_file(path, cpus)) {
  if (auto locked = open_file(path, cpus)) table_ = std::make_unique<HashTable>(std::move(locked));
}

std::string MapCheck::what_is_wrong() {
  const HashTable::Guard guard(*table_);
  const MapState& state = file_->state();
  std::vector<bool> seen(size_t{state.touched} + 1);
  uint32_t live = 0;
  uint32_t free = 0;
  if (auto wrong = wrong_in_buckets(seen, live); !wrong.empty()) return wrong;
  if (auto wrong = wrong_in_free_list(seen, free); !wrong.empty()) return wrong;
  if (state.redo != 0) return "an overwriting that nobody finished";
  if (live != state.count) return std::to_string(live) + " elements, counted " + std::to_string(state.count);
  return live + free == state.touched ? "" : std::to_string(state.touched - live - free) + " elements lost";
}

std::string MapCheck::wrong_in_buckets(std::vector<bool>& seen, uint32_t& live) const {
  for (uint32_t bucket = 0; bucket < file_->bucket_count(); ++bucket) {
    for (uint32_t e = file_->bucket(bucket); e != 0; e = file_->element(e).next) {
      const std::string name = "element " + std::to_string(e);
      if (e >= seen.size() || seen[e]) return name + " is no element, or is there twice";
      seen[e] = true;
      ++live;
      const uint32_t hash = jhash(file_->key(e), file_->shape().hash_seed);
      if (file_->element(e).hash != hash || (hash & (file_->bucket_count() - 1)) != bucket) {
        return name + " is in the wrong bucket";
      }
      if (!is_marked_row(file_->row(e), number(file_->key(e)))) return name + " has a torn row";
    }
  }
  return "";
}

std::string MapCheck::wrong_in_free_list(std::vector<bool>& seen, uint32_t& free) const {
  for (uint32_t e = file_->state().free_list; e != 0; e = file_->element(e).next) {
    if (e >= seen.size() || seen[e]) return "free element " + std::to_string(e) + " is in use, or no element";
    seen[e] = true;
    ++free;
  }
  return "";
}

}  // namespace percpumap::test
