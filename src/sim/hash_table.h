// The kernel's hash table (kernel/bpf/hashtab.c) over a map file: same hash, same buckets, new elements at
// the head of their bucket, values overwritten in place. A walk from bucket 0, each from its head, is
// therefore the kernel's order.
#pragma once

#include <memory>
#include <system_error>

#include "base/bytes.h"
#include "base/map_info.h"
#include "sim/map_file.h"

namespace percpumap {

// Elements are named by their number, 0 is none. Everything but sizes and info() needs a Guard held.
// lookup, insert and erase are O(1) on average.
class HashTable {
 public:
  explicit HashTable(std::unique_ptr<MapFile> file) : file_(std::move(file)) {}

  // Keeps every other thread and process out. If the last holder died inside, the table is made whole first:
  // what was published stays, whatever was on its way is dropped.
  class Guard {
   public:
    explicit Guard(HashTable& table);
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard();

   private:
    pthread_mutex_t& lock_;
  };

  int fd() const { return file_->fd(); }
  size_t key_size() const { return file_->header().key_size; }
  size_t row_size() const { return round_up8(file_->header().value_size) * file_->header().cpus; }
  uint32_t bucket_count() const { return file_->bucket_count(); }
  MapInfo info() const;

  bool frozen() const { return file_->header().frozen != 0; }
  void freeze() { file_->header().frozen = 1; }
  // fdinfo's memlock as 6.4 to 6.19 compute it (htab_map_mem_usage()), sizeof(struct bpf_htab) as in 6.18.
  uint64_t memory_usage() const;

  uint32_t find(Bytes key) const;
  uint32_t first_in(uint32_t bucket) const { return file_->bucket(bucket); }
  uint32_t next_in_bucket(uint32_t element) const { return file_->element(element).next; }
  // The first element of bucket `bucket` or of a later one.
  uint32_t first_from(uint32_t bucket) const;
  // The element after `element` in the order of a walk.
  uint32_t next(uint32_t element) const;

  Bytes key(uint32_t element) const { return file_->key(element); }
  MutableBytes row(uint32_t element) const { return file_->row(element); }

  // `key` must not be there. E2BIG: full. ENOMEM: no space for a new element.
  std::error_code insert(Bytes key, Bytes row);
  void erase(uint32_t element);

 private:
  void repair();
  std::error_code take_free(uint32_t& element);
  void give_back(uint32_t element);
  uint32_t hash(Bytes key) const;
  uint32_t bucket_of(uint32_t hash) const { return hash & (bucket_count() - 1); }

  std::unique_ptr<MapFile> file_;
};

}  // namespace percpumap
