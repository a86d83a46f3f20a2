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

// Elements are named by their number, 0 is none. Everything but sizes, info() and btf() needs a Guard held.
// lookup, insert, overwrite and erase are O(1) on average. Whatever finds the file damaged throws
// std::system_error of EIO; nothing was changed then.
//
// A process that is killed at any instruction leaves elements that are wholly there or not at all.
class HashTable {
 public:
  explicit HashTable(std::unique_ptr<MapFile> file) : file_(std::move(file)) {}

  // Keeps every other thread and process out. If the last holder died inside, the table is made whole first:
  // what was published stays, whatever was on its way is dropped, a row half overwritten is finished.
  class Guard {
   public:
    explicit Guard(HashTable& table);
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard();

   private:
    HashTable& table_;
  };

  int fd() const { return file_->fd(); }
  size_t key_size() const { return file_->shape().key_size; }
  size_t row_size() const { return round_up8(file_->shape().value_size) * file_->shape().cpus; }
  uint32_t bucket_count() const { return file_->bucket_count(); }
  MapInfo info() const;
  Bytes btf() const { return file_->btf(); }

  bool frozen() const { return file_->state().frozen != 0; }
  void freeze() { file_->state().frozen = 1; }
  uint32_t count() const { return file_->state().count; }

  uint32_t find(Bytes key) const;
  uint32_t first_in(uint32_t bucket) const { return existing(file_->bucket(bucket)); }
  uint32_t next_in_bucket(uint32_t element) const { return existing(file_->element(element).next); }
  // Elements of a bucket; all of them belong there, and the chain ends.
  uint32_t chain_length(uint32_t bucket) const;
  // The first element of bucket `bucket` or of a later one.
  uint32_t first_from(uint32_t bucket) const;
  // The element after `element` in the order of a walk.
  uint32_t next(uint32_t element) const;

  Bytes key(uint32_t element) const { return file_->key(element); }
  Bytes row(uint32_t element) const { return file_->row(element); }

  // What the row of the next new element holds from an earlier one; empty when the element is a fresh one.
  Bytes spare_row() const;

  // `key` must not be there. E2BIG: full. ENOMEM: no space for a new element.
  std::error_code insert(Bytes key, Bytes row);
  // In place: the element keeps its position in its bucket.
  void overwrite(uint32_t element, Bytes row);
  void erase(uint32_t element);

 private:
  void enter();
  void repair();
  void finish_overwrite();
  std::error_code take_free(uint32_t& element);
  void give_back(uint32_t element);
  uint32_t existing(uint32_t element) const;
  uint32_t findable(uint32_t element, uint32_t bucket) const;
  uint32_t hash(Bytes key) const;
  uint32_t bucket_of(uint32_t hash) const { return hash & (bucket_count() - 1); }

  std::unique_ptr<MapFile> file_;
};

}  // namespace percpumap
