#include "sim/hash_table.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <vector>

#include "base/error.h"
#include "sim/jhash.h"

namespace percpumap {
namespace {

// One store makes an element visible or takes it away, also to whoever finds the table after a killed
// process.
void publish(uint32_t& link, uint32_t element) {
  std::atomic_ref<uint32_t>(link).store(element, std::memory_order_release);
}

}  // namespace

HashTable::Guard::Guard(HashTable& table) : lock_(table.file_->header().lock) {
  if (pthread_mutex_lock(&lock_) != EOWNERDEAD) return;
  table.repair();
  pthread_mutex_consistent(&lock_);
}

HashTable::Guard::~Guard() {
  pthread_mutex_unlock(&lock_);
}

MapInfo HashTable::info() const {
  const MapHeader& header = file_->header();
  MapInfo info;
  info.type = kPercpuHash;
  info.id = header.id;
  info.key_size = header.key_size;
  info.value_size = header.value_size;
  info.max_entries = header.max_entries;
  info.flags = header.flags;
  info.name = header.name;
  return info;
}

uint64_t HashTable::memory_usage() const {
  constexpr uint64_t sizeof_htab = 832;
  constexpr uint64_t sizeof_bucket = 16;
  constexpr uint64_t sizeof_htab_elem = 48;
  constexpr uint64_t pointer = 8;  // also an llist node
  const MapHeader& header = file_->header();
  const uint64_t fixed = sizeof_htab + sizeof_bucket * bucket_count() + 4 * pointer * header.cpus;
  const uint64_t element = sizeof_htab_elem + round_up8(key_size()) + pointer;
  if ((header.flags & kNoPrealloc) == 0) return fixed + header.max_entries * (element + row_size());
  return fixed + header.count * (element + pointer + 2 * pointer + row_size());
}

uint32_t HashTable::hash(Bytes key) const {
  return jhash(key, file_->header().hash_seed);
}

uint32_t HashTable::find(Bytes key) const {
  const uint32_t wanted = hash(key);
  uint32_t element = first_in(bucket_of(wanted));
  while (element != 0) {
    const ElementHead& head = file_->element(element);
    if (head.hash == wanted && std::ranges::equal(file_->key(element), key)) break;
    element = head.next;
  }
  return element;
}

uint32_t HashTable::first_from(uint32_t bucket) const {
  for (; bucket < bucket_count(); ++bucket) {
    if (const uint32_t element = first_in(bucket); element != 0) return element;
  }
  return 0;
}

uint32_t HashTable::next(uint32_t element) const {
  const ElementHead& head = file_->element(element);
  return head.next != 0 ? head.next : first_from(bucket_of(head.hash) + 1);
}

std::error_code HashTable::take_free(uint32_t& element) {
  MapHeader& header = file_->header();
  if (header.count == header.max_entries) return errno_code(E2BIG);
  if (header.free_list != 0) {
    element = header.free_list;
    header.free_list = file_->element(element).next;
    return {};
  }
  if (header.touched == header.reserved) {
    if (auto error = file_->reserve_more()) return error;
  }
  element = ++header.touched;
  return {};
}

void HashTable::give_back(uint32_t element) {
  file_->element(element).next = file_->header().free_list;
  file_->header().free_list = element;
}

std::error_code HashTable::insert(Bytes key, Bytes row) {
  uint32_t element = 0;
  if (auto error = take_free(element)) return error;
  const uint32_t code = hash(key);
  uint32_t& bucket = file_->bucket(bucket_of(code));
  file_->element(element) = {.next = bucket, .hash = code};
  std::ranges::copy(key, file_->key(element).begin());
  std::ranges::copy(row, file_->row(element).begin());
  publish(bucket, element);
  ++file_->header().count;
  return {};
}

void HashTable::erase(uint32_t element) {
  const ElementHead& gone = file_->element(element);
  uint32_t* link = &file_->bucket(bucket_of(gone.hash));
  while (*link != element) link = &file_->element(*link).next;
  publish(*link, gone.next);
  --file_->header().count;
  give_back(element);
}

// Buckets are always whole; the count and the free list are made anew from them.
void HashTable::repair() {
  MapHeader& header = file_->header();
  std::vector<bool> live(size_t{header.touched} + 1);
  header.count = 0;
  for (uint32_t element = first_from(0); element != 0; element = next(element)) {
    live[element] = true;
    ++header.count;
  }
  header.free_list = 0;
  for (uint32_t element = header.touched; element != 0; --element) {
    if (!live[element]) give_back(element);
  }
}

}  // namespace percpumap
