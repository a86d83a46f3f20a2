#include "types/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "base/error.h"

namespace percpumap {
namespace {

bool is_empty(std::span<const std::byte> covered) {
  return std::all_of(covered.begin(), covered.end(), [](std::byte byte) { return byte == std::byte{0xff}; });
}

// On this machine: bit `bit` of a bit-field's bytes.
void cover_bit(std::span<std::byte> bytes, size_t bit) {
  constexpr bool kFromLowest = std::endian::native == std::endian::little;
  bytes[bit / 8] |= kFromLowest ? std::byte{1} << bit % 8 : std::byte{0x80} >> bit % 8;
}

void cover(const Field& leaf, std::span<std::byte> bytes) {
  if (leaf.bit_size == 0) return std::fill(bytes.begin(), bytes.end(), std::byte{0xff});
  for (size_t i = 0; i < leaf.bit_size; ++i) cover_bit(bytes, leaf.bit_offset + i);
}

std::string integer_name(const Field& field) {
  if (field.bit_size != 0) return fmt::format("{}:{}", field.is_signed ? "int" : "uint", field.bit_size);
  if (field.big_endian) return fmt::format("be{}", 8 * field.size);
  return fmt::format("{}{}", field.is_signed ? "i" : "u", 8 * field.size);
}

std::string leaf_word(const Field& field) {
  switch (field.kind) {
    case Kind::integer: return integer_name(field);
    case Kind::boolean: return "bool";
    case Kind::floating: return fmt::format("f{}", 8 * field.size);
    case Kind::enumeration: return "enum";
    case Kind::pointer: return "pointer";
    case Kind::text: return "char";
    case Kind::ipv4: return "ipv4";
    case Kind::ipv6: return "ipv6";
    case Kind::mac: return "mac";
    default: return "hex";
  }
}

// `counts` are of the arrays that hold it.
std::string leaf_name(const Field& field, const std::string& counts) {
  const bool has_length = field.kind == Kind::bytes || (field.kind == Kind::text && field.size != 1);
  return leaf_word(field) + counts + (has_length ? fmt::format("[{}]", field.size) : "");
}

bool reads_as_number(std::string_view name) {
  return name.empty() || name.front() == '-' || (name.front() >= '0' && name.front() <= '9');
}

// 1 for a structure whose members do not lie as C would have them: a packed one.
uint32_t alignment(std::span<const Field> fields, size_t index) {
  const Field& field = fields[index];
  if (!field.has_children()) return c_alignment(field);
  uint32_t largest = 1;
  for (size_t child = index + 1; child < field.end; child = fields[child].end) {
    const uint32_t member = alignment(fields, child);
    if (fields[child].offset % member != 0) return 1;
    largest = std::max(largest, member);
  }
  return field.size % largest == 0 ? largest : 1;
}

bool is_packed(std::span<const Field> fields, size_t index) {
  if (alignment(fields, index) != 1) return false;
  for (size_t child = index + 1; child < fields[index].end; child = fields[child].end) {
    if (alignment(fields, child) != 1) return true;
  }
  return false;
}

Error no_layout(const std::string& why) {
  return {Problem::bad_data, why};
}

// The names that the children of `parent` have in its object; those of anonymous ones are among them.
void collect_names(std::span<const Field> fields, size_t parent, std::set<std::string_view>& names) {
  for (size_t child = parent + 1; child < fields[parent].end; child = fields[child].end) {
    const Field& field = fields[child];
    if (!field.name.empty()) {
      if (!names.insert(field.name).second) throw no_layout("two members have the name " + shown(field.name));
    } else if (field.has_children()) {
      collect_names(fields, child, names);
    }
  }
}

}  // namespace

uint32_t c_alignment(const Field& leaf) {
  if (leaf.bit_size != 0) return 1;
  switch (leaf.kind) {
    case Kind::integer:
    case Kind::floating:
    case Kind::enumeration:
    case Kind::pointer: return leaf.size;
    case Kind::ipv4:
    case Kind::ipv6: return 4;
    default: return 1;
  }
}

Layout Layout::bytes(size_t size) {
  Layout layout;
  layout.fields_ = {{.kind = Kind::bytes, .size = static_cast<uint32_t>(size), .end = 1}};
  return layout;
}

Layout Layout::integer(size_t size, bool is_signed) {
  Layout layout;
  layout.fields_ = {
      {.kind = Kind::integer, .is_signed = is_signed, .size = static_cast<uint32_t>(size), .end = 1}};
  return layout;
}

bool Layout::has_numbers() const {
  return std::any_of(fields_.begin(), fields_.end(), [](const Field& field) { return field.is_number(); });
}

std::string Layout::name(size_t index) const {
  std::string counts;  // of arrays, the outermost first, as C has it
  for (; fields_[index].kind == Kind::array; ++index) counts += fmt::format("[{}]", fields_[index].count);
  const Field& field = fields_[index];
  if (!field.has_children()) return index == 0 && is_bytes() ? "hex" : leaf_name(field, counts);
  std::string members;
  for (size_t child = index + 1; child < field.end; child = fields_[child].end) {
    const std::string& member = fields_[child].name;
    members += (members.empty() ? "" : ",") + (member.empty() ? "" : member + ":") + name(child);
  }
  const std::string_view word = field.kind == Kind::one_of  ? "union"
                                : is_packed(fields_, index) ? "packed"
                                                            : "";
  return fmt::format("{}{{{}}}{}", word, members, counts);
}

Layout Layout::with_signed_integers() const {
  Layout layout = *this;
  for (Field& field : layout.fields_) field.is_signed = field.is_signed || field.kind == Kind::integer;
  return layout;
}

Layout Layout::part(size_t index) const {
  LayoutBuilder builder(*this);
  const size_t end = fields_[index].end;
  std::vector<size_t> open;
  for (size_t i = index; i < end; ++i) {
    for (; !open.empty() && open.back() == i; open.pop_back()) builder.end();
    Field field = fields_[i];
    if (i == index) {
      field.name.clear();
      field.offset = 0;
    }
    if (!field.has_children()) {
      builder.add(std::move(field));
      continue;
    }
    open.push_back(field.end);
    builder.begin(std::move(field));
  }
  for (; !open.empty(); open.pop_back()) builder.end();
  return builder.finish();
}

void LayoutBuilder::check_place(const Field& field) const {
  if (open_.empty()) {
    if (field.size > kLargestLayout)
      throw no_layout(fmt::format("it has more than {} bytes", kLargestLayout));
    return;
  }
  const Field& parent = layout_.fields_[open_.back().index];
  if (parent.kind == Kind::array && parent.count == 0) return;  // its element stands nowhere
  if (uint64_t{field.offset} + field.size > parent.size) {
    throw no_layout(fmt::format("{} does not lie within the {} bytes of what holds it",
                                field.name.empty() ? "a member" : "member " + shown(field.name),
                                parent.size));
  }
}

void LayoutBuilder::check_weight() const {
  if (weight_.fields > kMostFields) throw no_layout(fmt::format("it has more than {} fields", kMostFields));
  if (weight_.characters > kMostNameCharacters) {
    throw no_layout(fmt::format("its names have more than {} characters", kMostNameCharacters));
  }
}

void LayoutBuilder::weigh(const Field& field) {
  ++weight_.fields;
  weight_.characters += field.name.size();
  if (field.kind == Kind::enumeration) {
    size_t longest = 0;
    for (const auto& choice : layout_.enumerators(field)) longest = std::max(longest, choice.name.size());
    weight_.characters += longest;
  }
  check_weight();
}

void LayoutBuilder::add(Field leaf) {
  check_place(leaf);
  weigh(leaf);
  leaf.end = static_cast<uint32_t>(layout_.fields_.size() + 1);
  layout_.fields_.push_back(std::move(leaf));
}

void LayoutBuilder::begin(Field parent) {
  check_place(parent);
  weigh(parent);
  if (open_.size() == kDeepestLayout) {
    throw no_layout(fmt::format("it has more than {} levels", kDeepestLayout));
  }
  open_.push_back({static_cast<uint32_t>(layout_.fields_.size()), weight_});
  layout_.fields_.push_back(std::move(parent));
}

void LayoutBuilder::end() {
  const Open open = open_.back();
  Field& field = layout_.fields_[open.index];
  field.end = static_cast<uint32_t>(layout_.fields_.size());
  if (field.kind == Kind::array) {
    end_array(open);
  } else {
    std::set<std::string_view> names;
    collect_names(layout_.fields_, open.index, names);
  }
  open_.pop_back();
}

// What was added last is the element.
void LayoutBuilder::end_array(const Open& open) {
  const Field& array = layout_.fields_[open.index];
  weight_.fields = open.before.fields + (weight_.fields - open.before.fields) * array.count;
  weight_.characters = open.before.characters + (weight_.characters - open.before.characters) * array.count;
  check_weight();
  if (uint64_t{layout_.fields_[open.index + 1].size} * array.count > array.size) {
    throw no_layout("an array's elements need more bytes than it has");
  }
}

uint32_t LayoutBuilder::choices(std::vector<Enumerator> enumerators) {
  std::set<std::string> names;
  std::erase_if(enumerators, [&](const Enumerator& enumerator) {
    return reads_as_number(enumerator.name) || !names.insert(enumerator.name).second;
  });
  const auto by_value = [](const Enumerator& a, const Enumerator& b) { return a.value < b.value; };
  const auto same = [](const Enumerator& a, const Enumerator& b) { return a.value == b.value; };
  std::stable_sort(enumerators.begin(), enumerators.end(), by_value);
  enumerators.erase(std::unique(enumerators.begin(), enumerators.end(), same), enumerators.end());
  layout_.choices_.push_back(std::move(enumerators));
  return static_cast<uint32_t>(layout_.choices_.size() - 1);
}

Layout LayoutBuilder::finish() {
  layout_.covered_.assign(layout_.size(), std::byte{0});
  for_each_leaf(layout_, 0, 0, [&](const Field& leaf, size_t offset) {
    cover(leaf, std::span(layout_.covered_).subspan(offset, leaf.size));
  });
  if (is_empty(layout_.covered_)) layout_.covered_.clear();
  return std::move(layout_);
}

namespace {

// "saddr", "[3]": the first step of `path`, which loses it.
std::string_view take_step(std::string_view& path) {
  if (path.starts_with('.')) path.remove_prefix(1);
  const size_t end = path.starts_with('[') ? std::min(path.find(']'), path.size() - 1) + 1
                                           : std::min(path.find_first_of(".["), path.size());
  const std::string_view step = path.substr(0, end);
  path.remove_prefix(end);
  return step;
}

std::optional<FieldPlace> member(const Layout& layout, const FieldPlace& parent, std::string_view name) {
  for (size_t child = parent.index + 1; child < layout[parent.index].end; child = layout[child].end) {
    const FieldPlace place{child, parent.offset + layout[child].offset};
    if (layout[child].name == name) return place;
    if (!layout[child].name.empty() || !layout[child].has_children()) continue;
    if (const auto found = member(layout, place, name)) return found;
  }
  return std::nullopt;
}

std::optional<FieldPlace> element(const Layout& layout, const FieldPlace& array, std::string_view step) {
  if (!step.ends_with(']')) return std::nullopt;
  size_t index = 0;
  const char* const end = step.data() + step.size() - 1;
  const auto [stop, ec] = std::from_chars(step.data() + 1, end, index);
  if (ec != std::errc() || stop != end || index >= layout[array.index].count) return std::nullopt;
  return FieldPlace{array.index + 1, array.offset + index * layout[array.index + 1].size};
}

// What could stand instead of a wrong step.
std::string known_steps(const Layout& layout, size_t index) {
  const Field& field = layout[index];
  if (field.kind == Kind::array && field.count == 0) return "it has no elements";
  if (field.kind == Kind::array) return fmt::format("its elements are [0] to [{}]", field.count - 1);
  if (!field.has_children()) return "it has no members";
  std::set<std::string_view> names;
  collect_names(layout.fields(), index, names);
  return fmt::format("its members are {}", fmt::join(names, ", "));
}

void add_columns(const Layout& layout, const FieldPlace& place, const std::string& name,
                 std::vector<ColumnField>& columns) {
  const Field& field = layout[place.index];
  if (field.kind != Kind::structure && field.kind != Kind::one_of) {
    columns.push_back({name, place.index, place.offset});
    return;
  }
  for (size_t child = place.index + 1; child < field.end; child = layout[child].end) {
    const std::string& step = layout[child].name;
    std::string path = name;
    path.append(name.empty() || step.empty() ? "" : ".").append(step);
    add_columns(layout, {child, place.offset + layout[child].offset}, path, columns);
  }
}

}  // namespace

FieldPlace find_field(const Layout& layout, std::string_view path, std::string_view what) {
  FieldPlace place{0, 0};
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::string_view step = take_step(rest);
    const bool is_array = layout[place.index].kind == Kind::array;
    const auto next = step.empty() || is_array != step.starts_with('[') ? std::nullopt
                      : is_array                                        ? element(layout, place, step)
                                                                        : member(layout, place, step);
    if (!next) {
      throw Error(Problem::bad_data, fmt::format("{} has no field {}", what, shown(path)))
          .advise(known_steps(layout, place.index));
    }
    place = *next;
  }
  return place;
}

std::vector<ColumnField> column_fields(const Layout& layout) {
  std::vector<ColumnField> columns;
  add_columns(layout, {0, 0}, "", columns);
  return columns;
}

}  // namespace percpumap
