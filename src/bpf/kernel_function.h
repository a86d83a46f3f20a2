// Functions of the kernel that programs may call (kfuncs).
#pragma once

#include <cstdint>
#include <string_view>

namespace percpumap {

inline constexpr const char* kKernelBtf = "/sys/kernel/btf/vmlinux";

// The BTF id of the function `name`, from kKernelBtf; 0: this kernel has none, or no BTF. Not by
// libbpf, which makes an index of all types and takes ten times as long.
uint32_t kernel_function(std::string_view name);

}  // namespace percpumap
