#include "sim/map_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <type_traits>

#include "base/error.h"
#include "sim/create_check.h"

namespace percpumap {
namespace {

constexpr uint64_t kMagic = 0x70616d7570637270;  // "prcpumap"
constexpr uint32_t kVersion = 1;
constexpr uint64_t kReserveBytes = 64 << 10;

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

MapHeader header_for(uint32_t id, const MapSpec& spec, uint32_t cpus) {
  MapHeader header{};
  header.magic = kMagic;
  header.version = kVersion;
  header.id = id;
  header.key_size = spec.key_size;
  header.value_size = spec.value_size;
  header.max_entries = spec.max_entries;
  header.flags = spec.flags & ~(kReadOnly | kWriteOnly);
  header.cpus = cpus;
  header.hash_seed = (spec.flags & kZeroSeed) != 0 ? 0 : random_seed();
  header.reserved = (spec.flags & kNoPrealloc) != 0 ? 0 : spec.max_entries;
  spec.name.copy(header.name, sizeof header.name - 1);
  return header;
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

bool read_header(int fd, MapHeader& header) {
  return pread(fd, &header, sizeof header, 0) == static_cast<ssize_t>(sizeof header) &&
         header.magic == kMagic && header.version == kVersion;
}

// Read without the lock, so nothing is said about how the changing fields fit each other.
bool consistent(const MapHeader& header) {
  const uint32_t highest = std::max({header.count, header.reserved, header.touched, header.free_list});
  return !check_sizes(header.key_size, header.value_size, header.max_entries) &&
         highest <= header.max_entries && header.name[sizeof header.name - 1] == '\0';
}

}  // namespace

MapFile::MapFile(UniqueFd fd, const MapHeader& shape)
    : fd_(std::move(fd)),
      bucket_count_(static_cast<uint32_t>(percpumap::bucket_count(shape.max_entries))),
      key_size_(shape.key_size),
      row_size_(round_up8(shape.value_size) * shape.cpus),
      stride_(sizeof(ElementHead) + round_up8(shape.key_size) + row_size_),
      size_(element_offset(1) + stride_ * shape.max_entries) {}

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
  const MapHeader header = header_for(id, spec, cpus);
  std::unique_ptr<MapFile> made(new MapFile(std::move(fd), header));
  if (ftruncate(made->fd(), static_cast<off_t>(made->size_)) != 0) return errno_code(ENOMEM);
  const uint64_t needed = header.reserved == 0 ? made->element_offset(1) : made->size_;
  if (auto error = take_space(made->fd(), 0, needed)) return error;
  if (auto error = made->map()) return error;
  std::memcpy(made->base_, &header, sizeof header);
  if (auto error = init_lock(made->header().lock)) return error;
  file = std::move(made);
  return {};
}

std::error_code MapFile::open(UniqueFd fd, uint32_t cpus, std::unique_ptr<MapFile>& file) {
  MapHeader header;
  if (!read_header(fd.get(), header) || header.cpus != cpus) return errno_code(ENODEV);
  if (!consistent(header)) return errno_code(EIO);
  std::unique_ptr<MapFile> found(new MapFile(std::move(fd), header));
  struct stat status = {};
  if (fstat(found->fd(), &status) != 0) return last_error();
  if (static_cast<uint64_t>(status.st_size) != found->size_) return errno_code(EIO);
  if (auto error = found->map()) return error;
  file = std::move(found);
  return {};
}

uint64_t MapFile::element_offset(uint32_t number) const {
  const uint64_t first = sizeof(MapHeader) + round_up8(sizeof(uint32_t) * bucket_count_);
  return first + (number - 1) * stride_;
}

uint32_t& MapFile::bucket(uint32_t index) const {
  return reinterpret_cast<uint32_t*>(at(sizeof(MapHeader)))[index];
}

ElementHead& MapFile::element(uint32_t number) const {
  return *reinterpret_cast<ElementHead*>(at(element_offset(number)));
}

MutableBytes MapFile::key(uint32_t number) const {
  return {at(element_offset(number) + sizeof(ElementHead)), key_size_};
}

MutableBytes MapFile::row(uint32_t number) const {
  return {at(element_offset(number) + stride_ - row_size_), row_size_};
}

std::error_code MapFile::reserve_more() const {
  const uint64_t left = header().max_entries - header().reserved;
  const uint64_t wanted = std::min(left, std::max<uint64_t>(1, kReserveBytes / stride_));
  if (auto error = take_space(fd(), element_offset(header().reserved + 1), wanted * stride_)) return error;
  header().reserved += static_cast<uint32_t>(wanted);
  return {};
}

uint32_t stored_map_id(int fd) {
  MapHeader header;
  return read_header(fd, header) ? header.id : 0;
}

}  // namespace percpumap
