#include "map/entry_field.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace percpumap {
namespace {

// "value.inner.count": "value" and "inner.count"; "key[3]": "key" and "[3]".
struct Name {
  std::string_view head;
  std::string_view path;
};

Name split(std::string_view name) {
  const size_t end = std::min(name.find_first_of(".["), name.size());
  std::string_view path = name.substr(end);
  if (path.starts_with('.')) path.remove_prefix(1);
  return {name.substr(0, end), path};
}

std::string joined(std::string_view head, std::string_view path) {
  return fmt::format("{}{}{}", head, path.empty() || path.starts_with('[') ? "" : ".", path);
}

// The names of the columns that `layout` has, as fields of `head`; only numbers where they are asked for.
std::string field_names(std::string_view head, const Layout& layout, bool numbers) {
  constexpr size_t kMost = 12;
  std::string names;
  size_t count = 0;
  for (const ColumnField& column : column_fields(layout)) {
    const bool is_array = layout[column.index].kind == Kind::array;
    const Field& field = layout[column.index + (is_array ? 1 : 0)];
    if (numbers && !field.is_number()) continue;
    if (++count > kMost) return names + ", ...";
    names += (names.empty() ? "" : ", ") + joined(head, column.name) + (is_array ? "[0]" : "");
  }
  return names;
}

// Of the field with this index, whose path is `path`.
std::optional<std::string> first_number_in(const Layout& layout, size_t index, const std::string& path) {
  const Field& field = layout[index];
  if (field.is_number()) return path;
  if (field.kind == Kind::array) {
    return field.count == 0 ? std::nullopt : first_number_in(layout, index + 1, path + "[0]");
  }
  if (!field.has_children()) return std::nullopt;
  for (size_t child = index + 1; child < field.end; child = layout[child].end) {
    const std::string& step = layout[child].name;
    if (auto found = first_number_in(layout, child, step.empty() ? path : joined(path, step))) return found;
  }
  return std::nullopt;
}

std::optional<EntryField::Part> part_by_name(std::string_view head) {
  if (head == "key") return EntryField::Part::key;
  if (head == "value") return EntryField::Part::value;
  if (aggregate_by_name(head)) return EntryField::Part::aggregate;
  return std::nullopt;
}

EntryField::Part part_of(std::string_view name) {
  if (const auto part = part_by_name(split(name).head)) return *part;
  throw Error(Problem::bad_data, fmt::format("{} is no field of an entry", shown(name)))
      .advise("fields begin with key, value, sum, min, max or avg, for example value.bytes");
}

}  // namespace

EntryField::EntryField(Part part, std::string_view head, std::string_view path, const Layout& whole)
    : part_(part), layout_(whole), offset_(0) {
  const FieldPlace place = find_field(whole, path, head);
  layout_ = whole.part(place.index);
  offset_ = place.offset;
}

EntryField::EntryField(std::string_view name, const Layout& key, const Layout& value, const Shape& shape)
    : EntryField(part_of(name), split(name).head, split(name).path,
                 part_of(name) == Part::key ? key : value) {
  if (part_ != Part::aggregate) return;
  const std::string_view head = split(name).head;
  if (value.has_numbers() && !layout_.root().is_number()) {
    throw Error(Problem::bad_data, fmt::format("{} is no number but {}", shown(name), shown(layout_.name())))
        .advise("numbers are " + field_names(head, value, true));
  }
  aggregation_.emplace(*aggregate_by_name(head), layout_, shape, offset_);
  layout_ = aggregation_->layout();
}

std::string first_number(std::string_view head, const Layout& value) {
  return *first_number_in(value, 0, std::string(head));
}

std::string EntryField::members(std::string_view name) const {
  return field_names(name, layout_, false);
}

}  // namespace percpumap
