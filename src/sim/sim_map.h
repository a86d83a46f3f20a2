// One open map of the simulated kernel: the rules of the bpf commands over a HashTable.
#pragma once

#include <memory>

#include "backend/backend.h"
#include "sim/hash_table.h"
#include "sim/map_registry.h"

namespace percpumap {

// Answers with the codes of 6.18, checked in its order (kernel/bpf/syscall.c: map_lookup_elem() and its
// neighbours).
class SimMap final : public RawMap {
 public:
  // `access` is 0, kReadOnly or kWriteOnly.
  SimMap(std::shared_ptr<const MapRegistry> registry, std::unique_ptr<MapFile> file, uint32_t access);
  SimMap(const SimMap&) = delete;
  SimMap& operator=(const SimMap&) = delete;
  ~SimMap() override;

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

 private:
  // These need a HashTable::Guard.
  bool can_read() const { return access_ != kWriteOnly; }
  bool can_write() const { return access_ != kReadOnly && !table_.frozen(); }
  uint32_t find(Bytes key) const { return table_.find({key.data(), table_.key_size()}); }
  void copy_row(uint32_t element, std::byte* row) const;
  void copy_key(uint32_t element, std::byte* key) const;
  std::error_code put(const std::byte* key, const std::byte* row, uint64_t flags);
  std::error_code remove(const std::byte* key);
  std::error_code walk_buckets(BatchCall& call, bool remove);
  uint32_t bucket_size(uint32_t bucket) const;
  void move_bucket(uint32_t bucket, std::byte* keys, std::byte* rows, bool remove);
  std::error_code change_each(BatchCommand command, BatchCall& call);

  std::shared_ptr<const MapRegistry> registry_;
  HashTable table_;
  const uint32_t access_;
};

}  // namespace percpumap
