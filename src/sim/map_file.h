// The file of one simulated map, mapped shared by everyone who has the map open:
//
//   MapHeader | n_buckets x uint32_t head | max_entries x element
//   element = ElementHead | key, rounded up to 8 | one slot per possible CPU, each round_up8(value_size)
//
// Elements are numbered from 1; 0 ends a chain. Numbers are in this machine's byte order: a map file does not
// travel.
#pragma once

#include <pthread.h>

#include <cstdint>
#include <memory>
#include <system_error>

#include "base/bytes.h"
#include "base/map_info.h"
#include "sim/unique_fd.h"

namespace percpumap {

struct MapHeader {
  uint64_t magic;
  uint32_t version;
  uint32_t id;
  uint32_t key_size;
  uint32_t value_size;
  uint32_t max_entries;
  uint32_t flags;  // without kReadOnly and kWriteOnly, which belong to a descriptor
  uint32_t cpus;   // slots of a row
  uint32_t hash_seed;
  char name[16];

  // Below: only under `lock`.
  uint32_t frozen;
  uint32_t count;      // elements in the table
  uint32_t reserved;   // elements 1 … reserved have their space on the file system
  uint32_t touched;    // elements 1 … touched have been in the table at some time
  uint32_t free_list;  // touched elements that are in no bucket, linked by `next`
  uint32_t padding;
  pthread_mutex_t lock;  // robust and shared between processes
};

struct ElementHead {
  uint32_t next;
  uint32_t hash;
};

class MapFile {
 public:
  // Lays out an empty map in the empty file `fd`. Takes the space of the buckets and, without
  // kNoPrealloc, of all elements. ENOMEM: there is not enough. `spec` has passed check_create(); a name too
  // long is cut.
  static std::error_code create(UniqueFd fd, uint32_t id, const MapSpec& spec, uint32_t cpus,
                                std::unique_ptr<MapFile>& file);
  // ENODEV: not a map of this version of the simulation or of a machine with `cpus` possible CPUs. EIO:
  // damaged.
  static std::error_code open(UniqueFd fd, uint32_t cpus, std::unique_ptr<MapFile>& file);

  MapFile(const MapFile&) = delete;
  MapFile& operator=(const MapFile&) = delete;
  ~MapFile();

  int fd() const { return fd_.get(); }
  MapHeader& header() const { return *static_cast<MapHeader*>(base_); }
  uint32_t bucket_count() const { return bucket_count_; }
  uint32_t& bucket(uint32_t index) const;
  ElementHead& element(uint32_t number) const;
  MutableBytes key(uint32_t number) const;
  MutableBytes row(uint32_t number) const;

  // Takes the space of some more elements. ENOMEM: the file system has none.
  std::error_code reserve_more() const;

 private:
  MapFile(UniqueFd fd, const MapHeader& shape);
  std::error_code map();
  std::byte* at(uint64_t offset) const { return static_cast<std::byte*>(base_) + offset; }
  uint64_t element_offset(uint32_t number) const;

  UniqueFd fd_;
  void* base_ = nullptr;
  uint32_t bucket_count_;
  uint64_t key_size_;
  uint64_t row_size_;
  uint64_t stride_;
  uint64_t size_;
};

// The id in the header of the map file `fd`; 0 when it is no map file.
uint32_t stored_map_id(int fd);

}  // namespace percpumap
