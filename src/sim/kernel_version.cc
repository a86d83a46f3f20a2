#include "sim/kernel_version.h"

#include <charconv>

namespace percpumap {
namespace {

constexpr size_t kMaxDigits = 3;

// Takes a number without leading zeroes off the front of `text`.
std::optional<uint32_t> take_number(std::string_view& text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto digits = static_cast<size_t>(end - text.data());
  if (error != std::errc() || digits > kMaxDigits || (digits > 1 && text.front() == '0')) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take_dot(std::string_view& text) {
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return true;
}

// 4.20, 5.19 and 6.19 were the last of their series.
bool was_released(const KernelVersion& version) {
  const KernelVersion series = {version.major, version.minor};
  const uint32_t last = version.major == 4 ? 20 : 19;
  return series >= kOldestKernel && kNewestKernel >= series && version.minor <= last;
}

}  // namespace

std::optional<KernelVersion> parse_kernel_version(std::string_view text) {
  const auto major = take_number(text);
  if (!major || !take_dot(text)) return std::nullopt;
  const auto minor = take_number(text);
  if (!minor) return std::nullopt;
  std::optional<uint32_t> patch = 0;
  if (take_dot(text)) patch = take_number(text);
  if (!patch || !text.empty()) return std::nullopt;
  const KernelVersion version = {*major, *minor, *patch};
  return was_released(version) ? std::optional(version) : std::nullopt;
}

std::string to_string(const KernelVersion& version) {
  const std::string text = std::to_string(version.major) + "." + std::to_string(version.minor);
  return version.patch == 0 ? text : text + "." + std::to_string(version.patch);
}

}  // namespace percpumap
