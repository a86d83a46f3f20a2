#include "base/nearest.h"

#include <algorithm>
#include <vector>

namespace percpumap {
namespace {

// Nobody means what is longer: names out of BTF may be of any length.
constexpr size_t kLongest = 128;

// Edit distance, adjacent swaps counted as two.
size_t distance(std::string_view word, std::string_view name) {
  std::vector<size_t> row(name.size() + 1);
  for (size_t j = 0; j <= name.size(); ++j) row[j] = j;
  for (size_t i = 0; i < word.size(); ++i) {
    size_t diagonal = row[0]++;
    for (size_t j = 0; j < name.size(); ++j) {
      const size_t replaced = diagonal + (word[i] == name[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

// Near is a third of the word and one more, so that two letters may be swapped.
std::string nearest(std::string_view word, std::span<const std::string_view> names) {
  size_t best = word.size() / 3 + 2;
  std::string found;
  if (word.empty() || word.size() > kLongest) return found;
  for (const std::string_view name : names) {
    if (name.size() > kLongest) continue;
    const size_t far = distance(word, name);
    if (far < best) best = far, found = name;
  }
  return found;
}

}  // namespace percpumap
