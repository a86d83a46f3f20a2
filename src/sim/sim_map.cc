#include "sim/sim_map.h"

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "sim/create_check.h"
#include "sim/sim_program.h"

namespace percpumap {
namespace {

constexpr size_t kKmallocMaxSize = size_t{4} << 20;

// Runs `command` with everybody else kept out. EIO: the file is damaged.
template <typename Command>
std::error_code alone_with(HashTable& table, Command command) {
  try {
    const HashTable::Guard guard(table);
    return command();
  } catch (const std::system_error& error) {
    return error.code();
  }
}

}  // namespace

SimMap::SimMap(std::shared_ptr<const MapRegistry> registry, std::shared_ptr<const SimKernel> kernel,
               std::unique_ptr<MapFile> file, uint32_t access)
    : registry_(std::move(registry)),
      kernel_(std::move(kernel)),
      table_(std::move(file)),
      slots_{kernel_->machine.possible, table_.info().value_size, kernel_->rules.cpu_flags},
      access_(access) {}

SimMap::~SimMap() {
  registry_->release(table_.fd(), table_.info().id);
}

void SimMap::copy_key(uint32_t element, std::byte* key) const {
  std::memcpy(key, table_.key(element).data(), table_.key_size());
}

bool SimMap::has_no_memory_for(size_t size) const {
  return rules().kmalloc_rows && size > kKmallocMaxSize;
}

std::error_code SimMap::info(MapInfo& info) {
  info = table_.info();
  return {};
}

std::error_code SimMap::usage(MapUsage& usage) {
  return alone_with(table_, [&]() -> std::error_code {
    const uint64_t cpus = slots_.possible.size();
    usage = {.memlock = memlock_bytes(rules(), table_.info(), cpus, table_.count()),
             .frozen = table_.frozen()};
    return {};
  });
}

std::error_code SimMap::check_lookup(uint64_t flags) const {
  const auto refused = errno_code(EPERM);
  if (rules().has_cpu_flags()) return can_read() ? slots_.check_flags(flags, kLock | kOneCpu) : refused;
  const uint64_t known = rules().lock_flag ? kLock : 0;
  if ((flags & ~known) != 0) return errno_code(EINVAL);
  if (!can_read()) return refused;
  return flags != 0 ? errno_code(EINVAL) : std::error_code();
}

std::error_code SimMap::lookup(Bytes key, MutableBytes row, uint64_t flags) {
  return alone_with(table_, [&]() -> std::error_code {
    if (auto error = check_lookup(flags)) return error;
    if (key.data() == nullptr) return errno_code(EFAULT);
    if (has_no_memory_for(table_.row_size())) return errno_code(ENOMEM);
    const uint32_t element = find(key);
    if (element == 0) return errno_code(ENOENT);
    if (row.data() == nullptr) return errno_code(EFAULT);
    slots_.load(table_.row(element), row.data(), flags);
    return {};
  });
}

std::error_code SimMap::check_update(uint64_t flags) const {
  if (!can_write()) return errno_code(EPERM);
  if (rules().has_cpu_flags()) return slots_.check_flags(flags, UINT32_MAX);
  return rules().lock_flag && (flags & kLock) != 0 ? errno_code(EINVAL) : std::error_code();
}

std::error_code SimMap::update(Bytes key, Bytes row, uint64_t flags) {
  return alone_with(table_, [&]() -> std::error_code {
    if (auto error = check_update(flags)) return error;
    return put(key.data(), row.data(), flags);
  });
}

std::error_code SimMap::put(const std::byte* key, const std::byte* row, uint64_t flags) {
  if (key == nullptr) return errno_code(EFAULT);
  if (has_no_memory_for(table_.row_size())) return errno_code(ENOMEM);
  if (row == nullptr) return errno_code(EFAULT);
  // From 7.0 on only the highest flag counts: 3 is taken, as are 9 and 10, and none of them is kNoExist or
  // kExist.
  if (rules().has_cpu_flags() ? static_cast<uint32_t>(flags) > kAllCpus : flags > kExist) {
    return errno_code(EINVAL);
  }
  const Bytes wanted(key, table_.key_size());
  const uint32_t element = table_.find(wanted);
  if (element != 0 && flags == kNoExist) return errno_code(EEXIST);
  if (element == 0 && flags == kExist) return errno_code(ENOENT);
  if (element == 0 && round_up8(slots_.value_size) > kMaxPercpuBytes) return errno_code(ENOMEM);
  const Bytes updated = updated_row(element, row, flags);
  if (element == 0) return table_.insert(wanted, updated);
  table_.overwrite(element, updated);
  return {};
}

// The row of `element`, or of a new one, with the value in it. From 7.0 on parts of it stay what they are, in
// a new element what an earlier one left there or, from 7.2 on, zeroes.
Bytes SimMap::updated_row(uint32_t element, const std::byte* value, uint64_t flags) {
  if (!rules().has_cpu_flags()) return {value, table_.row_size()};
  Bytes before;
  if (element != 0) before = table_.row(element);
  if (element == 0 && rules().cpu_flags == CpuFlags::by_number) before = table_.spare_row();
  scratch_.assign(before.begin(), before.end());
  scratch_.resize(table_.row_size());
  slots_.store(scratch_, value, flags);
  return scratch_;
}

std::error_code SimMap::erase(Bytes key, uint64_t flags) {
  return alone_with(table_, [&]() -> std::error_code {
    if (flags != 0) return errno_code(EINVAL);
    if (!can_write()) return errno_code(EPERM);
    return remove(key.data());
  });
}

std::error_code SimMap::remove(const std::byte* key) {
  if (key == nullptr) return errno_code(EFAULT);
  const uint32_t element = find({key, table_.key_size()});
  if (element == 0) return errno_code(ENOENT);
  table_.erase(element);
  return {};
}

std::error_code SimMap::check_take(uint64_t flags) const {
  const uint64_t known = rules().take == TakeCommand::known ? kLock : 0;
  if (rules().take == TakeCommand::unknown || (flags & ~known) != 0) return errno_code(EINVAL);
  if ((rules().take_needs_read && !can_read()) || !can_write()) return errno_code(EPERM);
  return flags != 0 ? errno_code(EINVAL) : std::error_code();
}

std::error_code SimMap::take(Bytes key, MutableBytes row, uint64_t flags) {
  return alone_with(table_, [&]() -> std::error_code {
    if (auto error = check_take(flags)) return error;
    if (key.data() == nullptr) return errno_code(EFAULT);
    if (has_no_memory_for(table_.row_size())) return errno_code(ENOMEM);
    if (rules().take == TakeCommand::other_types) return errno_code(kKernelEnotsupp);
    const uint32_t element = find(key);
    if (element == 0) return errno_code(ENOENT);
    if (row.data() != nullptr) slots_.load(table_.row(element), row.data(), 0);
    table_.erase(element);
    return row.data() != nullptr ? std::error_code() : errno_code(EFAULT);
  });
}

std::error_code SimMap::next_key(Bytes key, MutableBytes next) {
  return alone_with(table_, [&]() -> std::error_code {
    if (!can_read()) return errno_code(EPERM);
    const uint32_t current = key.data() == nullptr ? 0 : find(key);
    const uint32_t element = current == 0 ? table_.first_from(0) : table_.next(current);
    if (element == 0) return errno_code(ENOENT);
    if (next.data() == nullptr) return errno_code(EFAULT);
    copy_key(element, next.data());
    return {};
  });
}

std::error_code SimMap::check_batch(BatchCommand command, const BatchCall& call) const {
  const bool reads = command == BatchCommand::lookup || command == BatchCommand::take;
  if (!rules().batches) return errno_code(EINVAL);
  if (reads && !can_read()) return errno_code(EPERM);
  if (command != BatchCommand::lookup && !can_write()) return errno_code(EPERM);
  uint64_t allowed = 0;
  if (rules().has_cpu_flags() && command == BatchCommand::lookup) allowed = kOneCpu;
  if (rules().has_cpu_flags() && command == BatchCommand::update) allowed = kOneCpu | kAllCpus;
  if (auto error = slots_.check_flags(call.elem_flags, allowed)) return error;
  return reads && call.flags != 0 ? errno_code(EINVAL) : std::error_code();
}

std::error_code SimMap::batch(BatchCommand command, BatchCall& call) {
  return alone_with(table_, [&]() -> std::error_code {
    if (auto error = check_batch(command, call)) return error;
    if (command == BatchCommand::update || command == BatchCommand::erase) return change_each(command, call);
    return walk_buckets(call, command == BatchCommand::take);
  });
}

void SimMap::move_bucket(uint32_t bucket, std::byte* keys, std::byte* rows, uint64_t flags, bool remove) {
  for (uint32_t e = table_.first_in(bucket); e != 0;) {
    const uint32_t next = table_.next_in_bucket(e);
    if (keys != nullptr) {
      copy_key(e, keys);
      keys += table_.key_size();
    }
    if (keys != nullptr && rows != nullptr) {
      slots_.load(table_.row(e), rows, flags);
      rows += slots_.buffer_size(flags);
    }
    if (remove) table_.erase(e);
    e = next;
  }
}

// __htab_map_lookup_and_delete_batch(): whole buckets while the next one fits; a bad pointer is noticed only
// after elements have been removed, one to the rows only when the bucket's keys have been delivered.
std::error_code SimMap::walk_buckets(BatchCall& call, bool remove) {
  const uint32_t room = call.count;
  if (room == 0) return {};
  call.count = 0;
  uint32_t bucket = call.in != nullptr ? *call.in : 0;
  if (bucket >= table_.bucket_count()) return errno_code(ENOENT);
  std::error_code result = errno_code(ENOENT);
  uint32_t total = 0;
  for (; bucket < table_.bucket_count(); ++bucket) {
    const uint32_t size = table_.chain_length(bucket);
    if (size == 0) continue;
    if (size > room - total) {
      result = total == 0 ? errno_code(ENOSPC) : std::error_code();
      break;
    }
    move_bucket(bucket, call.keys + total * table_.key_size(),
                call.rows + total * slots_.buffer_size(call.elem_flags), call.elem_flags, remove);
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
  const bool update = command == BatchCommand::update;
  const size_t stride = slots_.buffer_size(call.elem_flags);
  if (update && wanted != 0 && has_no_memory_for(stride)) return errno_code(ENOMEM);
  std::error_code result;
  for (call.count = 0; call.count < wanted; ++call.count) {
    const std::byte* key = call.keys == nullptr ? nullptr : call.keys + call.count * table_.key_size();
    const std::byte* row = call.rows == nullptr ? nullptr : call.rows + call.count * stride;
    result = update ? put(key, row, call.elem_flags) : remove(key);
    if (result) break;
  }
  return result;
}

std::error_code SimMap::check_freeze() const {
  switch (rules().freeze) {
    case FreezeCommand::unknown: return errno_code(EINVAL);
    case FreezeCommand::by_descriptor: return can_write() ? std::error_code() : errno_code(EPERM);
    case FreezeCommand::by_capability: break;
  }
  if (table_.frozen()) return errno_code(EBUSY);
  return rules().rights.freeze ? std::error_code() : errno_code(EPERM);
}

std::error_code SimMap::freeze() {
  return alone_with(table_, [&]() -> std::error_code {
    if (auto error = check_freeze()) return error;
    table_.freeze();
    return {};
  });
}

std::error_code SimMap::pin(const std::string& path) {
  return registry_->pin(table_.info().id, path);
}

std::error_code SimMap::run_program(uint32_t cpu, ProgramCall& call) {
  return alone_with(table_, [&] { return run_sim_program(*kernel_, table_, cpu, call); });
}

}  // namespace percpumap
