// One open map of the simulated kernel: the rules of the bpf commands over a HashTable.
#pragma once

#include <memory>
#include <vector>

#include "backend/backend.h"
#include "sim/cpu_slots.h"
#include "sim/hash_table.h"
#include "sim/kernel_rules.h"
#include "sim/map_registry.h"

namespace percpumap {

// Answers with the codes of its kernel's version, checked in that kernel's order (kernel/bpf/syscall.c:
// map_lookup_elem() and its neighbours). Whoever may call no command at all gets no SimMap.
class SimMap final : public RawMap {
 public:
  // `access` is 0, kReadOnly or kWriteOnly.
  SimMap(std::shared_ptr<const MapRegistry> registry, std::shared_ptr<const SimKernel> kernel,
         std::unique_ptr<MapFile> file, uint32_t access);
  SimMap(const SimMap&) = delete;
  SimMap& operator=(const SimMap&) = delete;
  ~SimMap() override;

  // Empty: the map has none.
  Bytes btf() const { return table_.btf(); }

  std::error_code info(MapInfo& info) override;
  std::error_code usage(MapUsage& usage) override;
  std::error_code lookup(Bytes key, MutableBytes row, uint64_t flags) override;
  std::error_code update(Bytes key, Bytes row, uint64_t flags) override;
  std::error_code erase(Bytes key, uint64_t flags) override;
  std::error_code take(Bytes key, MutableBytes row, uint64_t flags) override;
  std::error_code next_key(Bytes key, MutableBytes next) override;
  std::error_code batch(BatchCommand command, BatchCall& call) override;
  std::error_code freeze() override;
  std::error_code pin(const std::string& path) override;
  std::error_code run_program(uint32_t cpu, ProgramCall& call) override;

 private:
  // These need a HashTable::Guard.
  bool can_read() const { return access_ != kWriteOnly; }
  bool can_write() const { return access_ != kReadOnly && !table_.frozen(); }
  uint32_t find(Bytes key) const { return table_.find({key.data(), table_.key_size()}); }
  void copy_key(uint32_t element, std::byte* key) const;
  std::error_code put(const std::byte* key, const std::byte* row, uint64_t flags);
  std::error_code remove(const std::byte* key);
  std::error_code walk_buckets(BatchCall& call, bool remove);
  void move_bucket(uint32_t bucket, std::byte* keys, std::byte* rows, uint64_t flags, bool remove);
  std::error_code change_each(BatchCommand command, BatchCall& call);

  std::error_code check_lookup(uint64_t flags) const;
  std::error_code check_update(uint64_t flags) const;
  std::error_code check_take(uint64_t flags) const;
  std::error_code check_freeze() const;
  std::error_code check_batch(BatchCommand command, const BatchCall& call) const;
  const KernelRules& rules() const { return kernel_->rules; }
  // Element commands of old kernels copy a row through one kmalloc().
  bool has_no_memory_for(size_t size) const;
  Bytes updated_row(uint32_t element, const std::byte* value, uint64_t flags);

  std::shared_ptr<const MapRegistry> registry_;
  std::shared_ptr<const SimKernel> kernel_;
  HashTable table_;
  const CpuSlots slots_;
  std::vector<std::byte> scratch_;
  const uint32_t access_;
};

}  // namespace percpumap
