#include "types/value_reader.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/nearest.h"
#include "types/scalar.h"

namespace percpumap {
namespace {

// Whether some bit belongs to several fields, as in unions.
bool has_shared_bits(const Layout& layout) {
  const auto covered = layout.covered();
  size_t bits = covered.empty() ? 8 * layout.size() : 0;
  for (const std::byte byte : covered) bits += std::popcount(std::to_integer<unsigned>(byte));
  size_t of_leaves = 0;
  for_each_leaf(layout, 0, 0, [&](const Field& leaf, size_t) {
    of_leaves += leaf.bit_size != 0 ? leaf.bit_size : size_t{8} * leaf.size;
  });
  return of_leaves > bits;
}

// A member that is no member of its own in JSON: its members are its parent's.
bool is_lifted(const Field& field) {
  return field.name.empty() && field.has_children();
}

}  // namespace

ValueReader::ValueReader(const Layout& layout, WideNumbers wide, Members members)
    : layout_(layout),
      wide_(wide),
      demanded_(members),
      objects_(layout.fields().size()),
      given_(layout.fields().size()),
      cell_json_("", "the cell") {
  compile(0);
  if (!has_shared_bits(layout)) return;
  written_.resize(layout.size());
  before_.resize(layout.size());
}

void ValueReader::read_json(JsonReader& json, std::string_view what, MutableBytes out) {
  start(what, out);
  value(json, 0, 0, FieldPath(what));
}

void ValueReader::start(std::string_view what, MutableBytes out) {
  what_ = what;
  out_ = out;
  std::fill(out.begin(), out.end(), std::byte{0});
  std::fill(written_.begin(), written_.end(), std::byte{0});
}

void ValueReader::read_cell(const ColumnField& column, std::string_view cell) {
  const FieldPath root(what_);
  const FieldPath path = root.member(column.name);
  if (!layout_[column.index].has_children()) return cell_leaf(cell, column.index, column.offset, path);
  cell_json_.reset(cell);
  value(cell_json_, column.index, column.offset, path);
  cell_json_.end();
}

std::optional<size_t> ValueReader::missing_column(std::span<const size_t> given) {
  std::fill(given_.begin(), given_.end(), 0);
  for (const size_t index : given) given_[index] = 1;
  if (has_name(0, Named::columns)) return given.empty() ? std::optional<size_t>(0) : std::nullopt;
  const size_t lacking = missing(0, Named::columns);
  return lacking != 0 ? std::optional(lacking) : std::nullopt;
}

void ValueReader::compile(size_t index) {
  const Field& field = layout_[index];
  if (!field.has_children()) return;
  if (field.kind == Kind::array) return compile(index + 1);
  const size_t begin = members_.size();
  collect_members(index, 0);
  const size_t end = members_.size();
  objects_[index] = {begin, end};
  for (size_t i = begin; i < end; ++i) compile(members_[i].index);
}

void ValueReader::collect_members(size_t parent, size_t offset) {
  for (size_t child = parent + 1; child < layout_[parent].end; child = layout_[child].end) {
    const Field& field = layout_[child];
    if (is_lifted(field)) {
      collect_members(child, offset + field.offset);
    } else {
      members_.push_back({field.name, child, offset + field.offset});
    }
  }
}

std::span<const ValueReader::Member> ValueReader::members_of(size_t index) const {
  const Object& object = objects_[index];
  return std::span(members_).subspan(object.begin, object.end - object.begin);
}

// Members mostly come in their order, so the first guess is mostly right.
size_t ValueReader::find(size_t index, std::string_view name, size_t guess, const FieldPath& path) const {
  const auto members = members_of(index);
  for (size_t i = 0; i < members.size(); ++i) {
    const size_t at = guess + i < members.size() ? guess + i : guess + i - members.size();
    if (members[at].name == name) return at;
  }
  std::vector<std::string_view> names;
  for (const Member& member : members) names.push_back(member.name);
  const std::string near = nearest(name, names);
  throw path.member(name)
      .bad("there is no such member")
      .advise(!near.empty() ? "did you mean " + shown(near) + "?"
                            : "there are " + shown(layout_.name(index)));
}

void ValueReader::value(JsonReader& json, size_t index, size_t offset, const FieldPath& path) {
  const Field& field = layout_[index];
  if (!field.has_children()) return leaf(json, index, offset, path);
  const bool is_array = field.kind == Kind::array;
  const JsonKind wanted = is_array ? JsonKind::array : JsonKind::object;
  if (const JsonKind kind = json.kind(); kind != wanted) {
    throw path.bad("expected an {} ({}), got {}", json_kind_name(wanted), shown(layout_.name(index)),
                   json_kind_name(kind));
  }
  return is_array ? array(json, index, offset, path) : object(json, index, offset, path);
}

void ValueReader::array(JsonReader& json, size_t index, size_t offset, const FieldPath& path) {
  const size_t wanted = layout_[index].count;
  size_t got = 0;
  json.open_array();
  for (; json.element(); ++got) {
    if (got < wanted) {
      value(json, index + 1, offset + got * layout_[index + 1].size, path.element(got));
    } else {
      json.skip();
    }
  }
  if (got != wanted) throw path.bad("expected {} elements, got {}", wanted, got);
}

void ValueReader::object(JsonReader& json, size_t index, size_t offset, const FieldPath& path) {
  const auto begin = given_.begin();
  std::fill(begin + static_cast<long>(index), begin + static_cast<long>(layout_[index].end), 0);
  const auto members = members_of(index);
  size_t guess = 0;
  json.open_object();
  for (std::string_view name; json.member(name);) {
    const size_t at = find(index, name, guess, path);
    const Member& member = members[at];
    const FieldPath here = path.member(member.name);
    if (given_[member.index] != 0) throw here.bad("given twice");
    value(json, member.index, offset + member.offset, here);
    given_[member.index] = 1;
    guess = at + 1 < members.size() ? at + 1 : 0;
  }
  if (demanded_ == Members::some) return;
  if (const size_t lacking = missing(index, Named::members); lacking != 0) {
    throw path.member(layout_[lacking].name).bad("missing");
  }
}

void ValueReader::leaf(JsonReader& json, size_t index, size_t offset, const FieldPath& path) {
  const LeafPlace where = place(index, offset, path);
  parse_json_leaf(json, wide_, where);
  check_agreement(where, offset);
}

// Text has the escapes of JSON there, without its quotes.
void ValueReader::cell_leaf(std::string_view cell, size_t index, size_t offset, const FieldPath& path) {
  const LeafPlace where = place(index, offset, path);
  const Kind kind = where.field().kind;
  const bool is_text = kind == Kind::text || kind == Kind::enumeration;
  if (!is_text || cell.find('\\') == std::string_view::npos) {
    parse_leaf(cell, where);
  } else {
    quoted_.assign(1, '"').append(cell).append(1, '"');
    cell_json_.reset(quoted_);
    parse_leaf(cell_json_.string(), where);
    cell_json_.end();
  }
  check_agreement(where, offset);
}

LeafPlace ValueReader::place(size_t index, size_t offset, const FieldPath& path) {
  const MutableBytes at = out_.subspan(offset, layout_[index].size);
  if (!written_.empty()) std::copy(at.begin(), at.end(), before_.begin());
  return {layout_, index, path, at};
}

void ValueReader::check_agreement(const LeafPlace& place, size_t offset) {
  if (written_.empty()) return;
  const bool is_bit_field = place.field().bit_size != 0;
  std::array<std::byte, 9> bits{};
  if (is_bit_field) store_integer(place.field(), ~uint64_t{0}, bits.data());
  for (size_t i = 0; i < place.at.size(); ++i) {
    const std::byte own = is_bit_field ? bits[i] : std::byte{0xff};
    std::byte& written = written_[offset + i];
    if (((before_[i] ^ place.at[i]) & own & written) != std::byte{0}) {
      throw place.path.bad("it does not agree with the members that share its bytes")
          .advise("one member of a union is enough");
    }
    written |= own;
  }
}

// Whether the field can be given by itself, in an object or in a header.
bool ValueReader::has_name(size_t index, Named named) const {
  const Field& field = layout_[index];
  if (named == Named::members) return !is_lifted(field);
  return field.kind != Kind::structure && field.kind != Kind::one_of;
}

// The first field that given_ lacks of what stands below `parent`; 0 if it has enough.
size_t ValueReader::missing(size_t parent, Named named) const {
  const Field& field = layout_[parent];
  const bool is_union = field.kind == Kind::one_of;
  size_t first = 0;
  bool enough = !is_union;
  for (size_t child = parent + 1; child < field.end; child = layout_[child].end) {
    const auto begin = given_.begin() + static_cast<long>(child);
    const size_t own = given_[child] != 0 ? 0 : child;
    const size_t lacking = has_name(child, named) ? own : missing(child, named);
    if (lacking == 0) enough = true;
    const bool any = std::any_of(begin, begin + (layout_[child].end - child), [](char c) { return c != 0; });
    if (lacking != 0 && (!is_union || any)) return lacking;
    if (first == 0) first = lacking;
  }
  return enough ? 0 : first;
}

}  // namespace percpumap
