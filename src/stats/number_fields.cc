#include "stats/number_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace percpumap {
namespace {

constexpr std::string_view kRoot = "value";

size_t count_numbers(const Layout& layout, size_t index) {
  size_t count = 0;
  for_each_leaf(layout, index, 0, [&](const Field& leaf, size_t) { count += leaf.is_number() ? 1 : 0; });
  return count;
}

class Collector {
 public:
  Collector(const Layout& value, size_t most_elements) : value_(value), most_elements_(most_elements) {}

  void collect(const FieldPlace& place, const std::string& path) {
    const Field& field = value_[place.index];
    if (found_.size() == kMostNumbers) return;
    if (field.kind == Kind::array) return collect_elements(place, path);
    if (field.has_children()) return collect_members(place, path);
    if (field.is_number()) found_.push_back({path.empty() ? std::string(kRoot) : path, field, place.offset});
  }
  std::vector<NumberField> take() { return std::move(found_); }

 private:
  void collect_elements(const FieldPlace& array, const std::string& path) {
    const size_t child = array.index + 1;
    const size_t count = std::min<size_t>(value_[array.index].count, most_elements_);
    for (size_t i = 0; i < count && found_.size() < kMostNumbers; ++i) {
      collect({child, array.offset + i * value_[child].size}, fmt::format("{}[{}]", path, i));
    }
  }
  void collect_members(const FieldPlace& parent, const std::string& path) {
    for (size_t child = parent.index + 1; child < value_[parent.index].end; child = value_[child].end) {
      const std::string& name = value_[child].name;
      const std::string_view dot = path.empty() || name.empty() ? "" : ".";
      collect({child, parent.offset + value_[child].offset}, fmt::format("{}{}{}", path, dot, name));
    }
  }

  const Layout& value_;
  const size_t most_elements_;
  std::vector<NumberField> found_;
};

}  // namespace

NumberFields number_fields(const Layout& value, std::string_view path) {
  const bool is_root = path.empty() || (path == kRoot && !value.root().has_children());
  const FieldPlace place = is_root ? FieldPlace{0, 0} : find_field(value, path, kRoot);
  const size_t count = count_numbers(value, place.index);
  if (count == 0 && !path.empty()) {
    throw Error(Problem::bad_data,
                fmt::format("field {} has no number: it is {}", shown(path), value.name(place.index)));
  }
  Collector collector(value, path.empty() ? kMostElements : kMostNumbers);
  collector.collect(place, is_root ? std::string() : std::string(path));
  NumberFields numbers{.fields = collector.take()};
  numbers.left_out = count - numbers.fields.size();
  return numbers;
}

}  // namespace percpumap
