// Is a simulated map's file whole?
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/hash_table.h"
#include "sim/map_file.h"

namespace percpumap::test {

// A row whose every word says which key and which update it belongs to.
std::vector<uint64_t> marked_row(size_t row_size, uint32_t key, uint32_t stamp);
// Every word of `row` is that of one update of `key`.
bool is_marked_row(Bytes row, uint32_t key);

// Two views of one map file: one to hold the lock with, one to look at the bytes with. Keys are 4 bytes.
class MapCheck {
 public:
  // `cpus` as in the file. A failure of the test where the file does not open; ok() is false then.
  MapCheck(const std::string& path, uint32_t cpus);

  bool ok() const { return file_ != nullptr && table_ != nullptr; }
  // The bytes of the file, without the lock.
  const MapFile& file() const { return *file_; }
  HashTable& table() { return *table_; }
  // Empty where every element is reachable exactly once, the counts are right and every row is a
  // marked_row(); else what is wrong. Takes the lock, so a killed holder's work is repaired first.
  std::string what_is_wrong();

 private:
  std::string wrong_in_buckets(std::vector<bool>& seen, uint32_t& live) const;
  std::string wrong_in_free_list(std::vector<bool>& seen, uint32_t& free) const;

  std::unique_ptr<MapFile> file_;
  std::unique_ptr<HashTable> table_;
};

}  // namespace percpumap::test
