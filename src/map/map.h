// A per-CPU hash map with all its rules: what is retried, what a failure means, what is done in batches.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "map/batch.h"
#include "map/map_ref.h"

namespace percpumap {

// How many of a run of entries were done, and which keys were not there.
struct Erased {
  uint64_t deleted = 0;
  std::vector<std::string> missing;  // hexadecimal keys
};

// Throws Error, with the map and the operation, from every method. Answers that say that the kernel is
// busy (EBUSY, EAGAIN, EDEADLK, ETIMEDOUT, EINTR; ENOMEM on a map without preallocation) are retried with a
// growing pause for about two seconds: such a map says ENOMEM in passing while far from full
// (kernel-semantics.md 1.4).
class Map {
 public:
  // open_flags as RawMap's: kReadOnly when reading is all that is wanted. Throws Error (bad_data) for
  // a map of another type than a per-CPU hash or an LRU per-CPU hash.
  static Map open(Backend& backend, const MapRef& ref, uint32_t open_flags);
  // For reading only, and only that CPU's slot of each entry, where the kernel gives it alone (from 7.0
  // on by BPF_F_CPU, as far as has_cpu_flag() goes): shape().cpus is then that CPU. Elsewhere as open() with
  // kReadOnly.
  static Map open_one_cpu(Backend& backend, const MapRef& ref, uint32_t cpu);
  // Names the argument that is wrong where the kernel says only EINVAL or E2BIG.
  static Map create(Backend& backend, const MapSpec& spec);

  const MapInfo& info() const { return info_; }
  const Shape& shape() const { return shape_; }  // of the rows that are read: every possible CPU
  // The flags that make LOOKUP_ELEM and LOOKUP_BATCH read such rows. If there are any, what comes is
  // value_size bytes, unrounded.
  uint64_t read_flags() const { return read_flags_; }
  RawMap& raw() { return *raw_; }
  // "name (id 7)", "id 7".
  std::string label() const;
  MapUsage usage();

  bool lookup(Bytes key, MutableBytes row);
  // flags: kAny, kNoExist (throws exists), kExist (throws not_found).
  void update(Bytes key, Bytes row, uint64_t flags);
  bool erase(Bytes key);
  bool take(Bytes key, MutableBytes row);
  // `key` null: the first. false: no more.
  bool next_key(Bytes key, MutableBytes next);

  // kNoExist and kExist with an answer instead of an Error: false where the key is there already, or is not.
  bool insert(Bytes key, Bytes row);
  bool replace(Bytes key, Bytes row);

  // One CPU's value alone, value_size bytes, by BPF_F_CPU: whether this kernel reaches that CPU so (7.0
  // and 7.1 only CPUs numbered below how many are possible), what the slot holds, and writing it. false: no
  // such key. The flag would make a missing key with what earlier entries left on the other CPUs (7.0, 7.1),
  // so the key is looked at first; it can be deleted in between.
  bool has_cpu_flag(uint32_t cpu);
  bool lookup_cpu(Bytes key, uint32_t cpu, MutableBytes value);
  bool update_cpu(Bytes key, uint32_t cpu, Bytes value);

  // Updates the entries of `batch` in order; `done` counts those that are in the map, also when this throws.
  // kAny goes by UPDATE_BATCH where the kernel has it; the command cannot carry the other flags (EINVAL),
  // they go one by one.
  void put(const Batch& batch, uint64_t flags, uint64_t& done);
  // Deletes `count` keys, key_size bytes each; a missing one does not stop the rest.
  Erased erase_all(Bytes keys);

  void freeze();
  // Throws Error (frozen, or not_permitted for a descriptor without write access): programs could still
  // write, but a command that does would be a surprise.
  void demand_writable(std::string_view operation);
  void pin(Backend& backend, const std::string& path);

  // Whether this kernel has the batch commands: a LOOKUP_BATCH of nothing answers 0, and EINVAL before 5.6.
  bool has_batches();

  // The Error for `ec`, answered to `operation` ("lookup", "update", "delete", "pop", "getnext", "dump", …);
  // `key` where it was about one.
  Error failure(std::error_code ec, std::string_view operation, Bytes key = {});

 private:
  Map(std::unique_ptr<RawMap> raw, CpuList cpus);
  bool retryable(std::error_code ec) const;
  template <typename Call>
  std::error_code persist(Call call) const;
  bool is_frozen();
  void demand_whole_rows();
  std::error_code try_cpu_flag(uint32_t cpu);
  std::error_code put_row(Bytes key, Bytes row, uint64_t flags);
  Error refusal(std::error_code ec, std::string_view operation);
  // One batch command for the entries from `at` on; moves `at` past those that are done.
  std::error_code advance(BatchCommand command, Bytes keys, Bytes rows, size_t& at, size_t count);
  void put_each(const Batch& batch, uint64_t flags, uint64_t& done);

  std::unique_ptr<RawMap> raw_;
  MapInfo info_;
  Shape shape_;
  uint64_t read_flags_ = 0;
};

// EBUSY, EAGAIN, EDEADLK, ETIMEDOUT, EINTR: the same call may succeed a moment later (htab_lock_bucket(),
// kernel/bpf/hashtab.c, 5.11 and later).
bool is_busy(std::error_code ec);

// Pauses between tries of a busy kernel: growing from 50 microseconds to 10 milliseconds.
class Backoff {
 public:
  // 220: about two seconds in all; 60: half a second.
  explicit Backoff(int most = 220) : left_(most) {}
  // Sleeps and returns true; false when the patience is used up.
  bool pause();

 private:
  int left_;
  std::chrono::microseconds pause_{50};
};

}  // namespace percpumap
