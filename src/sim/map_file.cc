#include "sim/map_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <type_traits>

#include "base/error.h"
#include "sim/btf_check.h"
#include "sim/create_check.h"

namespace percpumap {
namespace {

constexpr uint64_t kMagic = 0x70616d7570637270;  // "prcpumap"
constexpr uint32_t kVersion = 3;
constexpr uint64_t kReserveBytes = 64 << 10;
constexpr int kJoinAttempts = 1000;

static_assert(std::is_trivially_copyable_v<MapHeader> && sizeof(MapHeader) % 8 == 0);

std::error_code last_error() {
  return errno_code(errno);
}

// The kernel has one word for memory that is not there; file systems have several.
std::error_code take_space(int fd, uint64_t offset, uint64_t length) {
  int result = 0;
  do {
    result = posix_fallocate(fd, static_cast<off_t>(offset), static_cast<off_t>(length));
  } while (result == EINTR);
  return result == 0 ? std::error_code() : errno_code(ENOMEM);
}

uint32_t random_seed() {
  uint32_t seed = 0;
  while (getrandom(&seed, sizeof seed, 0) != sizeof seed) {
  }
  return seed;
}

MapShape shape_for(uint32_t id, const MapSpec& spec, uint32_t cpus) {
  MapShape shape{};
  shape.magic = kMagic;
  shape.version = kVersion;
  shape.id = id;
  shape.key_size = spec.key_size;
  shape.value_size = spec.value_size;
  shape.max_entries = spec.max_entries;
  shape.flags = spec.flags;
  shape.cpus = cpus;
  shape.hash_seed = (spec.flags & kZeroSeed) != 0 ? 0 : random_seed();
  spec.name.copy(shape.name, sizeof shape.name - 1);
  if (spec.btf_value_type_id != 0) {
    shape.btf_size = static_cast<uint32_t>(spec.btf.size());
    shape.btf_key_type_id = spec.btf_key_type_id;
    shape.btf_value_type_id = spec.btf_value_type_id;
  }
  return shape;
}

BootId this_boot() {
  BootId boot{};
  const UniqueFd fd(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  if (!fd.valid() || read(fd.get(), boot.data(), boot.size()) < 0) return {};
  return boot;
}

std::error_code init_lock(pthread_mutex_t& lock) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  const int result = pthread_mutex_init(&lock, &attributes);
  pthread_mutexattr_destroy(&attributes);
  return errno_code(result);
}

bool read_shape(int fd, MapShape& shape) {
  return pread(fd, &shape, sizeof shape, 0) == static_cast<ssize_t>(sizeof shape) && shape.magic == kMagic &&
         shape.version == kVersion;
}

bool possible(const MapShape& shape) {
  return shape.id != 0 && !check_sizes(shape.key_size, shape.value_size, shape.max_entries) &&
         shape.btf_size <= kMaxBtfBytes && shape.name[sizeof shape.name - 1] == '\0';
}

}  // namespace

MapFile::MapFile(UniqueFd fd, const MapShape& shape)
    : fd_(std::move(fd)),
      shape_(shape),
      bucket_count_(static_cast<uint32_t>(percpumap::bucket_count(shape.max_entries))),
      row_size_(round_up8(shape.value_size) * shape.cpus),
      stride_(sizeof(ElementHead) + round_up8(shape.key_size) + row_size_),
      size_(element_offset(0) + stride_ * (uint64_t{1} + shape.max_entries) + shape.btf_size) {}

MapFile::~MapFile() {
  if (base_ != nullptr) munmap(base_, size_);
}

std::error_code MapFile::map() {
  // The size of a sparse map is a promise and no memory: the reserve happens in the file.
  void* base = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd_.get(), 0);
  if (base == MAP_FAILED) return errno_code(ENOMEM);
  base_ = base;
  return {};
}

std::error_code MapFile::create(UniqueFd fd, uint32_t id, const MapSpec& spec, uint32_t cpus,
                                std::unique_ptr<MapFile>& file) {
  const MapShape shape = shape_for(id, spec, cpus);
  const bool sparse = (spec.flags & kNoPrealloc) != 0;
  std::unique_ptr<MapFile> made(new MapFile(std::move(fd), shape));
  if (ftruncate(made->fd(), static_cast<off_t>(made->size_)) != 0) return errno_code(ENOMEM);
  if (auto error = take_space(made->fd(), 0, sparse ? made->element_offset(1) : made->size_)) return error;
  if (sparse && shape.btf_size != 0) {
    if (auto error = take_space(made->fd(), made->size_ - shape.btf_size, shape.btf_size)) return error;
  }
  if (auto error = made->map()) return error;
  made->header().shape = shape;
  std::copy_n(spec.btf.begin(), shape.btf_size, made->at(made->size_ - shape.btf_size));
  made->state().reserved = sparse ? 0 : shape.max_entries;
  if (auto error = made->join()) return error;
  file = std::move(made);
  return {};
}

std::error_code MapFile::open(UniqueFd fd, uint32_t cpus, std::unique_ptr<MapFile>& file) {
  MapShape shape;
  if (!read_shape(fd.get(), shape) || shape.cpus != cpus) return errno_code(ENODEV);
  if (!possible(shape)) return errno_code(EIO);
  std::unique_ptr<MapFile> found(new MapFile(std::move(fd), shape));
  struct stat status = {};
  if (fstat(found->fd(), &status) != 0) return last_error();
  if (static_cast<uint64_t>(status.st_size) != found->size_) return errno_code(EIO);
  if (auto error = found->map()) return error;
  if (auto error = found->join()) return error;
  file = std::move(found);
  return {};
}

// Alone with the file, nobody can be inside, whatever the lock says: its holder was killed together with the
// machine, or the file is damaged. A lock of another boot seen while not alone belongs to a file that
// somebody else is about to join, or only looks at.
std::error_code MapFile::join() const {
  const BootId boot = this_boot();
  for (int attempt = 0; attempt < kJoinAttempts; ++attempt) {
    if (flock(fd(), LOCK_EX | LOCK_NB) == 0) {
      if (auto error = init_lock(lock())) return error;
      header().boot = boot;
    }
    struct stat status = {};
    if (flock(fd(), LOCK_SH) != 0 || fstat(fd(), &status) != 0) return last_error();
    if (status.st_nlink == 0) return errno_code(ENOENT);
    if (header().boot == boot) return {};
    usleep(1000);
  }
  return errno_code(EIO);
}

uint64_t MapFile::element_offset(uint32_t number) const {
  const uint64_t first = sizeof(MapHeader) + round_up8(sizeof(uint32_t) * bucket_count_);
  return first + number * stride_;
}

uint32_t& MapFile::bucket(uint32_t index) const {
  return reinterpret_cast<uint32_t*>(at(sizeof(MapHeader)))[index];
}

ElementHead& MapFile::element(uint32_t number) const {
  return *reinterpret_cast<ElementHead*>(at(element_offset(number)));
}

MutableBytes MapFile::key(uint32_t number) const {
  return {at(element_offset(number) + sizeof(ElementHead)), shape_.key_size};
}

MutableBytes MapFile::row(uint32_t number) const {
  return {at(element_offset(number) + stride_ - row_size_), row_size_};
}

std::error_code MapFile::reserve_more() const {
  uint32_t& reserved = state().reserved;
  const uint64_t left = shape_.max_entries - reserved;
  const uint64_t wanted = std::min(left, std::max<uint64_t>(1, kReserveBytes / stride_));
  if (auto error = take_space(fd(), element_offset(reserved + 1), wanted * stride_)) return error;
  reserved += static_cast<uint32_t>(wanted);
  return {};
}

uint32_t stored_map_id(int fd) {
  MapShape shape;
  return read_shape(fd, shape) ? shape.id : 0;
}

}  // namespace percpumap
