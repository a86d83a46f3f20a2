#include "sim/hash_table.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "sim/jhash.h"

namespace percpumap {
namespace {

// One store that neither overtakes nor is overtaken, also in the eyes of whoever finds the table after this
// process was killed.
void publish(uint32_t& place, uint32_t value) {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  std::atomic_ref<uint32_t>(place).store(value, std::memory_order_release);
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

[[noreturn]] void damaged() {
  throw std::system_error(errno_code(EIO));
}

void demand(bool sound) {
  if (!sound) damaged();
}

}  // namespace

HashTable::Guard::Guard(HashTable& table) : table_(table) {
  pthread_mutex_t& lock = table.file_->lock();
  const int result = pthread_mutex_lock(&lock);
  if (result == EOWNERDEAD) pthread_mutex_consistent(&lock);  // `held` tells the rest
  demand(result == 0 || result == EOWNERDEAD);
  try {
    table.enter();
  } catch (...) {
    pthread_mutex_unlock(&lock);
    throw;
  }
}

HashTable::Guard::~Guard() {
  publish(table_.file_->state().held, 0);
  pthread_mutex_unlock(&table_.file_->lock());
}

void HashTable::enter() {
  MapState& state = file_->state();
  demand(state.touched <= state.reserved && state.reserved <= file_->shape().max_entries);
  if (state.held != 0) repair();
  demand(state.count <= state.touched && state.free_list <= state.touched && state.redo == 0);
  publish(state.held, 1);
}

MapInfo HashTable::info() const {
  const MapShape& shape = file_->shape();
  MapInfo info;
  info.type = kPercpuHash;
  info.id = shape.id;
  info.key_size = shape.key_size;
  info.value_size = shape.value_size;
  info.max_entries = shape.max_entries;
  info.flags = shape.flags;
  info.name = shape.name;
  if (shape.btf_size != 0) {
    info.btf_id = shape.id;
    info.btf_key_type_id = shape.btf_key_type_id;
    info.btf_value_type_id = shape.btf_value_type_id;
  }
  return info;
}

uint32_t HashTable::hash(Bytes key) const {
  return jhash(key, file_->shape().hash_seed);
}

uint32_t HashTable::existing(uint32_t element) const {
  demand(element <= file_->state().touched && element <= file_->shape().max_entries);
  return element;
}

uint32_t HashTable::chain_length(uint32_t bucket) const {
  uint32_t length = 0;
  for (uint32_t element = first_in(bucket); element != 0; element = next_in_bucket(element)) {
    demand(bucket_of(file_->element(element).hash) == bucket && ++length <= file_->state().touched);
  }
  return length;
}

uint32_t HashTable::find(Bytes key) const {
  const uint32_t wanted = hash(key);
  uint32_t steps = file_->state().touched;
  uint32_t element = first_in(bucket_of(wanted));
  while (element != 0) {
    const ElementHead& head = file_->element(element);
    if (head.hash == wanted && std::memcmp(file_->key(element).data(), key.data(), key.size()) == 0) break;
    demand(steps-- != 0);
    element = existing(head.next);
  }
  return element;
}

// A walk asks for the key after this one, so the key must lead back to its element, in a chain that ends.
uint32_t HashTable::findable(uint32_t element, uint32_t bucket) const {
  chain_length(bucket);
  demand(find(file_->key(element)) == element);
  return element;
}

uint32_t HashTable::first_from(uint32_t bucket) const {
  for (; bucket < bucket_count(); ++bucket) {
    if (const uint32_t element = first_in(bucket); element != 0) return findable(element, bucket);
  }
  return 0;
}

uint32_t HashTable::next(uint32_t element) const {
  const uint32_t bucket = bucket_of(file_->element(element).hash);
  const uint32_t after = next_in_bucket(element);
  return after != 0 ? findable(after, bucket) : first_from(bucket + 1);
}

Bytes HashTable::spare_row() const {
  const uint32_t spare = existing(file_->state().free_list);
  return spare == 0 ? Bytes() : file_->row(spare);
}

std::error_code HashTable::take_free(uint32_t& element) {
  MapState& state = file_->state();
  if (state.count == file_->shape().max_entries) return errno_code(E2BIG);
  if (state.free_list != 0) {
    element = state.free_list;
    state.free_list = next_in_bucket(element);
    return {};
  }
  demand(state.touched < file_->shape().max_entries);
  if (state.touched == state.reserved) {
    if (auto error = file_->reserve_more()) return error;
  }
  element = ++state.touched;
  return {};
}

void HashTable::give_back(uint32_t element) {
  file_->element(element).next = file_->state().free_list;
  file_->state().free_list = element;
}

std::error_code HashTable::insert(Bytes key, Bytes row) {
  const uint32_t code = hash(key);
  const uint32_t first = first_in(bucket_of(code));
  uint32_t element = 0;
  if (auto error = take_free(element)) return error;
  file_->element(element) = {.next = first, .hash = code};
  std::ranges::copy(key, file_->key(element).begin());
  std::ranges::copy(row, file_->row(element).begin());
  publish(file_->bucket(bucket_of(code)), element);
  ++file_->state().count;
  return {};
}

// The new row is kept aside until it is in place, for repair() to copy once more.
void HashTable::overwrite(uint32_t element, Bytes row) {
  std::ranges::copy(row, file_->row(0).begin());
  publish(file_->state().redo, element);
  finish_overwrite();
}

void HashTable::finish_overwrite() {
  uint32_t& redo = file_->state().redo;
  std::ranges::copy(file_->row(0), file_->row(existing(redo)).begin());
  publish(redo, 0);
}

void HashTable::erase(uint32_t element) {
  const ElementHead& gone = file_->element(element);
  uint32_t* link = &file_->bucket(bucket_of(gone.hash));
  for (uint32_t steps = file_->state().touched; *link != element; --steps) {
    demand(steps != 0 && existing(*link) != 0);
    link = &file_->element(*link).next;
  }
  demand(file_->state().count != 0 && existing(gone.next) != element);
  publish(*link, gone.next);
  --file_->state().count;
  give_back(element);
}

// Buckets are always whole; the count and the free list are made anew from them.
void HashTable::repair() {
  MapState& state = file_->state();
  if (state.redo != 0) finish_overwrite();
  std::vector<bool> live(size_t{state.touched} + 1);
  state.count = 0;
  for (uint32_t bucket = 0; bucket < bucket_count(); ++bucket) {
    state.count += chain_length(bucket);
    for (uint32_t e = first_in(bucket); e != 0; e = next_in_bucket(e)) live[e] = true;
  }
  state.free_list = 0;
  for (uint32_t element = state.touched; element != 0; --element) {
    if (!live[element]) give_back(element);
  }
}

}  // namespace percpumap
