#include "base/cpu_list.h"

#include <algorithm>
#include <charconv>
#include <fstream>

namespace percpumap {
namespace {

constexpr uint32_t kMaxId = 65535;
constexpr size_t kMaxNamed =
    size_t{2} * (kMaxId + 1);  // so that "0-65535,0-65535,…" takes no memory to speak of

// Takes a number off the front of `text`; nullopt if there is none or it is too large.
std::optional<uint32_t> take_id(std::string_view& text) {
  uint32_t id = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (ec != std::errc() || id > kMaxId) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return id;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

CpuList::CpuList(std::vector<uint32_t> ids) : ids_(std::move(ids)) {
  std::sort(ids_.begin(), ids_.end());
  ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
}

std::optional<CpuList> CpuList::parse(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::vector<uint32_t> ids;
  if (text.empty()) return CpuList();
  do {
    const auto first = take_id(text);
    if (!first) return std::nullopt;
    auto last = first;
    if (take_char(text, '-')) last = take_id(text);
    if (!last || *last < *first || ids.size() > kMaxNamed) return std::nullopt;
    for (uint32_t id = *first; id <= *last; ++id) ids.push_back(id);
  } while (take_char(text, ','));
  if (!text.empty()) return std::nullopt;
  return CpuList(std::move(ids));
}

std::optional<size_t> CpuList::slot_of(uint32_t cpu) const {
  const auto at = std::lower_bound(ids_.begin(), ids_.end(), cpu);
  if (at == ids_.end() || *at != cpu) return std::nullopt;
  return static_cast<size_t>(at - ids_.begin());
}

std::string CpuList::to_string() const {
  std::string text;
  for (size_t i = 0; i < ids_.size();) {
    size_t last = i;
    while (last + 1 < ids_.size() && ids_[last + 1] == ids_[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += std::to_string(ids_[i]);
    if (last > i) text += '-' + std::to_string(ids_[last]);
    i = last + 1;
  }
  return text;
}

std::optional<CpuList> read_cpu_list(const char* path) {
  std::string text;
  if (!std::getline(std::ifstream(path), text)) return std::nullopt;
  return CpuList::parse(text);
}

}  // namespace percpumap
