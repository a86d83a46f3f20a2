// The version of a simulated kernel, as people write it: "5.10", "6.18.2".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace percpumap {

struct KernelVersion {
  uint32_t major = 0;
  uint32_t minor = 0;
  uint32_t patch = 0;

  bool operator==(const KernelVersion&) const = default;
  bool operator<(const KernelVersion& other) const {
    if (major != other.major) return major < other.major;
    return minor != other.minor ? minor < other.minor : patch < other.patch;
  }
  bool operator>=(const KernelVersion& other) const { return !(*this < other); }
};

// The versions whose answers are known.
inline constexpr KernelVersion kOldestKernel = {4, 19};
inline constexpr KernelVersion kNewestKernel = {7, 2};

// Two or three numbers with dots; nullopt for anything else and for a version that is not one of those that
// were released from 4.19 to 7.2 (a patch level of at most three digits is taken on trust).
std::optional<KernelVersion> parse_kernel_version(std::string_view text);

// Without a patch level of 0.
std::string to_string(const KernelVersion& version);

}  // namespace percpumap
