// The file of one simulated map, mapped shared by everyone who has the map open:
//
//   MapHeader | n_buckets x uint32_t head | (1 + max_entries) x element | BTF
//   element = ElementHead | key, rounded up to 8 | one slot per possible CPU, each round_up8(value_size)
//
// Elements are numbered from 1; 0 ends a chain. The place of element 0 holds the row that is on its way into
// an element (MapState::redo). Numbers are in this machine's byte order: a map file does not travel.
//
// What the file says is believed only after it was checked: what never changes at opening, the rest on every
// use (HashTable). A file that another program cuts short while it is open here is beyond that: SIGBUS.
#pragma once

#include <pthread.h>

#include <array>
#include <cstdint>
#include <memory>
#include <system_error>

#include "base/bytes.h"
#include "base/map_info.h"
#include "base/unique_fd.h"

namespace percpumap {

// Does not change after the map was made.
struct MapShape {
  uint64_t magic;
  uint32_t version;
  uint32_t id;
  uint32_t key_size;
  uint32_t value_size;
  uint32_t max_entries;
  uint32_t flags;  // as info shows them
  uint32_t cpus;   // slots of a row
  uint32_t hash_seed;
  char name[16];
  uint32_t btf_size;  // bytes; 0: the map has no BTF
  uint32_t btf_key_type_id;
  uint32_t btf_value_type_id;
  uint32_t padding;
};

// Only under the lock.
struct MapState {
  uint32_t held;  // 1: somebody is inside, or has died there
  uint32_t frozen;
  uint32_t count;      // elements in the table
  uint32_t reserved;   // elements 1 … reserved have their space on the file system
  uint32_t touched;    // elements 1 … touched have been in the table at some time
  uint32_t free_list;  // touched elements that are in no bucket, linked by `next`
  uint32_t redo;       // the element that the row of element 0 is being copied to; 0: none
  uint32_t padding;
};

// /proc/sys/kernel/random/boot_id; all zero where it cannot be read.
using BootId = std::array<char, 40>;

struct MapHeader {
  MapShape shape;
  MapState state;
  BootId boot;           // in which `lock` was made
  pthread_mutex_t lock;  // robust and shared between processes
};

struct ElementHead {
  uint32_t next;
  uint32_t hash;
};

class MapFile {
 public:
  // Lays out an empty map in the empty file `fd`. Takes the space of the buckets, of the BTF and, without
  // kNoPrealloc, of all elements. ENOMEM: there is not enough. `spec` has passed check_create(); a name too
  // long is cut.
  static std::error_code create(UniqueFd fd, uint32_t id, const MapSpec& spec, uint32_t cpus,
                                std::unique_ptr<MapFile>& file);
  // Takes the shared flock(2) that says "in use"; whoever finds nobody else using the file makes its lock
  // anew. ENOENT: removed meanwhile. ENODEV: not a map of this version of the simulation or of a machine with
  // `cpus` possible CPUs. EIO: damaged.
  static std::error_code open(UniqueFd fd, uint32_t cpus, std::unique_ptr<MapFile>& file);

  MapFile(const MapFile&) = delete;
  MapFile& operator=(const MapFile&) = delete;
  ~MapFile();

  int fd() const { return fd_.get(); }
  const MapShape& shape() const { return shape_; }  // as checked at opening, not as the file has it now
  MapState& state() const { return header().state; }
  pthread_mutex_t& lock() const { return header().lock; }
  uint32_t bucket_count() const { return bucket_count_; }

  // `index` < bucket_count(), `number` <= shape().max_entries.
  uint32_t& bucket(uint32_t index) const;
  ElementHead& element(uint32_t number) const;
  MutableBytes key(uint32_t number) const;
  MutableBytes row(uint32_t number) const;
  // What the map was made with; whoever uses it checks it, like all that can change in the file.
  Bytes btf() const { return {at(size_ - shape_.btf_size), shape_.btf_size}; }

  // Takes the space of some more elements. ENOMEM: the file system has none.
  std::error_code reserve_more() const;

 private:
  MapFile(UniqueFd fd, const MapShape& shape);
  std::error_code map();
  std::error_code join() const;
  MapHeader& header() const { return *static_cast<MapHeader*>(base_); }
  std::byte* at(uint64_t offset) const { return static_cast<std::byte*>(base_) + offset; }
  uint64_t element_offset(uint32_t number) const;

  UniqueFd fd_;
  void* base_ = nullptr;
  const MapShape shape_;
  uint32_t bucket_count_;
  uint64_t row_size_;
  uint64_t stride_;
  uint64_t size_;
};

// The id in the header of the map file `fd`; 0 when it is no map file.
uint32_t stored_map_id(int fd);

}  // namespace percpumap
