// A set of CPU ids, written as the kernel writes it: "0-3,8" (Documentation/admin-guide/cputopology).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace percpumap {

// Ids ascending, none twice. CPU numbers are ids, not ordinals: a possible mask may have holes, and the slot
// of a CPU in a row is its ordinal in the possible list.
class CpuList {
 public:
  CpuList() = default;
  explicit CpuList(std::vector<uint32_t> ids);

  // The kernel's list form; a trailing newline is allowed, an empty list too. nullopt for anything else, for
  // descending ranges, for ids above 65535 (NR_CPUS is at most 8192) and for lists that name them all over
  // and over.
  static std::optional<CpuList> parse(std::string_view text);

  std::span<const uint32_t> ids() const { return ids_; }
  size_t size() const { return ids_.size(); }
  bool empty() const { return ids_.empty(); }
  bool contains(uint32_t cpu) const { return slot_of(cpu).has_value(); }

  // The ordinal of `cpu` in this list.
  std::optional<size_t> slot_of(uint32_t cpu) const;

  std::string to_string() const;
  bool operator==(const CpuList&) const = default;

 private:
  std::vector<uint32_t> ids_;
};

// The list in the first line of a file of sysfs; nullopt where it cannot be read (errno says why) or is none.
std::optional<CpuList> read_cpu_list(const char* path);

}  // namespace percpumap
