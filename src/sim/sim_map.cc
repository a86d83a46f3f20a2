#include "sim/sim_map.h"

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace percpumap {
namespace {

constexpr uint64_t kLock = 4;  // BPF_F_LOCK: known, but the values of a per-CPU hash hold no lock

}  // namespace

SimMap::SimMap(std::shared_ptr<const MapRegistry> registry, std::unique_ptr<MapFile> file, uint32_t access)
    : registry_(std::move(registry)), table_(std::move(file)), access_(access) {}

SimMap::~SimMap() {
  registry_->release(table_.fd(), table_.info().id);
}

void SimMap::copy_key(uint32_t element, std::byte* key) const {
  std::memcpy(key, table_.key(element).data(), table_.key_size());
}

void SimMap::copy_row(uint32_t element, std::byte* row) const {
  std::memcpy(row, table_.row(element).data(), table_.row_size());
}

std::error_code SimMap::info(MapInfo& info) {
  info = table_.info();
  return {};
}

std::error_code SimMap::usage(MapUsage& usage) {
  const HashTable::Guard guard(table_);
  usage = {.memlock = table_.memory_usage(), .frozen = table_.frozen()};
  return {};
}

std::error_code SimMap::lookup(Bytes key, MutableBytes row, uint64_t flags) {
  const HashTable::Guard guard(table_);
  if ((flags & ~kLock) != 0) return errno_code(EINVAL);
  if (!can_read()) return errno_code(EPERM);
  if (flags != 0) return errno_code(EINVAL);
  if (key.data() == nullptr) return errno_code(EFAULT);
  const uint32_t element = find(key);
  if (element == 0) return errno_code(ENOENT);
  if (row.data() == nullptr) return errno_code(EFAULT);
  copy_row(element, row.data());
  return {};
}

std::error_code SimMap::update(Bytes key, Bytes row, uint64_t flags) {
  const HashTable::Guard guard(table_);
  if (!can_write()) return errno_code(EPERM);
  if ((flags & kLock) != 0) return errno_code(EINVAL);
  return put(key.data(), row.data(), flags);
}

std::error_code SimMap::put(const std::byte* key, const std::byte* row, uint64_t flags) {
  if (key == nullptr || row == nullptr) return errno_code(EFAULT);
  if (flags > kExist) return errno_code(EINVAL);
  const Bytes wanted(key, table_.key_size());
  const Bytes slots(row, table_.row_size());
  const uint32_t element = table_.find(wanted);
  if (element != 0 && flags == kNoExist) return errno_code(EEXIST);
  if (element == 0 && flags == kExist) return errno_code(ENOENT);
  if (element == 0) return table_.insert(wanted, slots);
  std::memcpy(table_.row(element).data(), slots.data(), slots.size());
  return {};
}

std::error_code SimMap::erase(Bytes key, uint64_t flags) {
  const HashTable::Guard guard(table_);
  if (flags != 0) return errno_code(EINVAL);
  if (!can_write()) return errno_code(EPERM);
  return remove(key.data());
}

std::error_code SimMap::remove(const std::byte* key) {
  if (key == nullptr) return errno_code(EFAULT);
  const uint32_t element = find({key, table_.key_size()});
  if (element == 0) return errno_code(ENOENT);
  table_.erase(element);
  return {};
}

std::error_code SimMap::take(Bytes key, MutableBytes row, uint64_t flags) {
  const HashTable::Guard guard(table_);
  if ((flags & ~kLock) != 0) return errno_code(EINVAL);
  if (!can_read() || !can_write()) return errno_code(EPERM);
  if (flags != 0) return errno_code(EINVAL);
  if (key.data() == nullptr) return errno_code(EFAULT);
  const uint32_t element = find(key);
  if (element == 0) return errno_code(ENOENT);
  if (row.data() != nullptr) copy_row(element, row.data());
  table_.erase(element);
  return row.data() != nullptr ? std::error_code() : errno_code(EFAULT);
}

std::error_code SimMap::next_key(Bytes key, MutableBytes next) {
  const HashTable::Guard guard(table_);
  if (!can_read()) return errno_code(EPERM);
  const uint32_t current = key.data() == nullptr ? 0 : find(key);
  const uint32_t element = current == 0 ? table_.first_from(0) : table_.next(current);
  if (element == 0) return errno_code(ENOENT);
  if (next.data() == nullptr) return errno_code(EFAULT);
  copy_key(element, next.data());
  return {};
}

std::error_code SimMap::batch(BatchCommand command, BatchCall& call) {
  const HashTable::Guard guard(table_);
  const bool reads = command == BatchCommand::lookup || command == BatchCommand::take;
  if (reads && !can_read()) return errno_code(EPERM);
  if (command != BatchCommand::lookup && !can_write()) return errno_code(EPERM);
  if (call.elem_flags != 0) return errno_code(EINVAL);
  if (!reads) return change_each(command, call);
  if (call.flags != 0) return errno_code(EINVAL);
  return walk_buckets(call, command == BatchCommand::take);
}

uint32_t SimMap::bucket_size(uint32_t bucket) const {
  uint32_t size = 0;
  for (uint32_t e = table_.first_in(bucket); e != 0; e = table_.next_in_bucket(e)) ++size;
  return size;
}

void SimMap::move_bucket(uint32_t bucket, std::byte* keys, std::byte* rows, bool remove) {
  const bool copy = keys != nullptr && rows != nullptr;
  for (uint32_t e = table_.first_in(bucket); e != 0;) {
    const uint32_t next = table_.next_in_bucket(e);
    if (copy) {
      copy_key(e, keys);
      copy_row(e, rows);
      keys += table_.key_size();
      rows += table_.row_size();
    }
    if (remove) table_.erase(e);
    e = next;
  }
}

// __htab_map_lookup_and_delete_batch(): whole buckets while the next one fits; a bad pointer is noticed only
// after elements have been removed.
std::error_code SimMap::walk_buckets(BatchCall& call, bool remove) {
  const uint32_t room = call.count;
  if (room == 0) return {};
  call.count = 0;
  uint32_t bucket = call.in != nullptr ? *call.in : 0;
  if (bucket >= table_.bucket_count()) return errno_code(ENOENT);
  std::error_code result = errno_code(ENOENT);
  uint32_t total = 0;
  for (; bucket < table_.bucket_count(); ++bucket) {
    const uint32_t size = bucket_size(bucket);
    if (size == 0) continue;
    if (size > room - total) {
      result = total == 0 ? errno_code(ENOSPC) : std::error_code();
      break;
    }
    move_bucket(bucket, call.keys + total * table_.key_size(), call.rows + total * table_.row_size(), remove);
    if (call.keys == nullptr || call.rows == nullptr) return errno_code(EFAULT);
    total += size;
  }
  if (call.out == nullptr) return errno_code(EFAULT);
  *call.out = bucket;
  call.count = total;
  return result;
}

// generic_map_update_batch(), generic_map_delete_batch().
std::error_code SimMap::change_each(BatchCommand command, BatchCall& call) {
  const uint32_t wanted = call.count;
  std::error_code result;
  for (call.count = 0; call.count < wanted; ++call.count) {
    const std::byte* key = call.keys == nullptr ? nullptr : call.keys + call.count * table_.key_size();
    const std::byte* row = call.rows == nullptr ? nullptr : call.rows + call.count * table_.row_size();
    result = command == BatchCommand::update ? put(key, row, kAny) : remove(key);
    if (result) break;
  }
  return result;
}

std::error_code SimMap::freeze() {
  const HashTable::Guard guard(table_);
  if (!can_write()) return errno_code(EPERM);
  table_.freeze();
  return {};
}

std::error_code SimMap::pin(const std::string& path) {
  return registry_->pin(table_.info().id, path);
}

}  // namespace percpumap
