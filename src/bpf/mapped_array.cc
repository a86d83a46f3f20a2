#include "bpf/mapped_array.h"

#include <bpf/bpf.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <cerrno>
#include <utility>

#include "base/error.h"

namespace percpumap {
namespace {

// Not bpf_map_create(), which first loads probe programs of its own.
int create_array(size_t element_size, size_t elements) {
  bpf_attr attr{};
  attr.map_type = BPF_MAP_TYPE_ARRAY;
  attr.key_size = sizeof(uint32_t);
  attr.value_size = static_cast<uint32_t>(element_size);
  attr.max_entries = static_cast<uint32_t>(elements);
  attr.map_flags = BPF_F_MMAPABLE;
  return static_cast<int>(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, offsetof(bpf_attr, map_extra)));
}

}  // namespace

std::error_code MappedArray::make(size_t element_size, size_t elements, MappedArray& array) {
  MappedArray made;
  made.fd_ = UniqueFd(create_array(element_size, elements));
  if (!made.fd_.valid()) return errno_code(errno);
  made.stride_ = round_up8(element_size);
  made.elements_ = elements;
  void* memory =
      mmap(nullptr, made.stride_ * elements, PROT_READ | PROT_WRITE, MAP_SHARED, made.fd_.get(), 0);
  if (memory == MAP_FAILED) return errno_code(errno);
  made.memory_ = static_cast<std::byte*>(memory);
  array = std::move(made);
  return {};
}

MappedArray::MappedArray(MappedArray&& other) noexcept
    : fd_(std::move(other.fd_)),
      stride_(std::exchange(other.stride_, 0)),
      elements_(std::exchange(other.elements_, 0)),
      memory_(std::exchange(other.memory_, nullptr)) {}

MappedArray& MappedArray::operator=(MappedArray&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(stride_, other.stride_);
  std::swap(elements_, other.elements_);
  std::swap(memory_, other.memory_);
  return *this;
}

MappedArray::~MappedArray() {
  if (memory_ != nullptr) munmap(memory_, stride_ * elements_);
}

}  // namespace percpumap
