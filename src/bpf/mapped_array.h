// Memory that programs and this process share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <system_error>

#include "base/bytes.h"
#include "base/unique_fd.h"

namespace percpumap {

// A BPF array map, all of it mapped into this process (BPF_F_MMAPABLE, 5.5). Elements stand stride() bytes
// apart and are zero at first.
class MappedArray {
 public:
  // EPERM: no right to make maps. EINVAL: a kernel before 5.5. ENOMEM, E2BIG: not so much.
  static std::error_code make(size_t element_size, size_t elements, MappedArray& array);

  MappedArray() = default;
  MappedArray(MappedArray&& other) noexcept;
  MappedArray& operator=(MappedArray&& other) noexcept;
  ~MappedArray();

  int fd() const { return fd_.get(); }
  size_t stride() const { return stride_; }
  size_t elements() const { return elements_; }
  std::byte* at(size_t element) const { return memory_ + element * stride_; }

 private:
  UniqueFd fd_;
  size_t stride_ = 0;
  size_t elements_ = 0;
  std::byte* memory_ = nullptr;
};

}  // namespace percpumap
