#include "types/declaration.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/error.h"

namespace percpumap {
namespace {

constexpr size_t kMostMembers = 0xffff;  // BTF_MAX_VLEN
constexpr size_t kLongestName = 127;     // KSYM_NAME_LEN before Linux 6.1

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

uint64_t round_up(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

Declaration array_of(Declaration element, uint32_t count) {
  Declaration array{.field = {.kind = Kind::array, .size = element.field.size * count, .count = count},
                    .alignment = element.alignment};
  array.children.push_back(std::move(element));
  return array;
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view what) : text_(text), what_(what) {}

  Declaration run() {
    Declaration type = parse_type();
    if (skip_space() != '\0') throw expected("nothing more");
    return type;
  }

 private:
  // Passes white space; the character that comes then, 0 at the end.
  char skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char wanted) {
    if (skip_space() != wanted) return false;
    ++at_;
    return true;
  }

  // Letters, digits and underscores that begin with a letter or an underscore; maybe none.
  std::string_view take_word() {
    skip_space();
    size_t end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || (end > at_ && is_digit(text_[end])))) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    at_ = end;
    return word;
  }

  Error refuse(size_t at, const std::string& why) const {
    return {Problem::bad_data, fmt::format("{}: {} at character {}", what_, why, at + 1)};
  }

  Error expected(std::string_view wanted) const {
    const std::string rest = shown(text_.substr(at_));
    return {Problem::bad_data, fmt::format("{}: expected {} at character {}, got {}", what_, wanted, at_ + 1,
                                           rest.empty() ? "the end" : rest)};
  }

  Declaration parse_type() {
    skip_space();
    const size_t begin = at_;
    const std::string_view word = take_word();
    if ((word.empty() || word == "packed") && take('{'))
      return with_counts(parse_members(word == "packed"), begin);
    if (word == "hex") return parse_hex(begin);
    if (word.empty()) throw expected("a type");
    const TypeWord* const known = find_type_word(word);
    if (known == nullptr) {
      throw refuse(begin, fmt::format("unknown type {}", shown(word)))
          .advise("types are " + known_type_words());
    }
    return with_counts({.field = known->leaf, .word = known, .alignment = c_alignment(known->leaf)}, begin);
  }

  Declaration parse_hex(size_t begin) {
    if (skip_space() != '[') throw expected("a number of bytes, [N],");
    return with_counts({}, begin);
  }

  // The last count of hex and char is no array's: it is their length.
  Declaration with_counts(Declaration type, size_t begin) {
    std::vector<uint32_t> counts = parse_counts();
    const bool has_length = type.field.kind == Kind::bytes || type.field.kind == Kind::text;
    const bool takes_length = has_length && type.field.size <= 1 && !counts.empty();
    if (takes_length) type.field.size = counts.back();
    if (takes_length) counts.pop_back();
    for (; !counts.empty(); counts.pop_back()) {
      check_size(uint64_t{type.field.size} * counts.back(), begin);
      type = array_of(std::move(type), counts.back());
    }
    check_size(type.field.size, begin);
    return type;
  }

  // The outermost array's first, as C has it.
  std::vector<uint32_t> parse_counts() {
    std::vector<uint32_t> counts;
    while (take('[')) {
      skip_space();
      uint32_t count = 0;
      const char* const end = text_.data() + text_.size();
      const auto [stop, ec] = std::from_chars(text_.data() + at_, end, count);
      if (ec != std::errc() || count == 0) throw expected("a number from 1 on");
      if (counts.size() == kDeepestLayout) throw refuse(at_, "more levels than can be");
      at_ = static_cast<size_t>(stop - text_.data());
      if (!take(']')) throw expected("]");
      counts.push_back(count);
    }
    return counts;
  }

  void check_size(uint64_t size, size_t begin) const {
    if (size > kLargestLayout) throw refuse(begin, fmt::format("too large a type ({} bytes)", size));
  }

  // What follows the brace.
  Declaration parse_members(bool packed) {
    if (++depth_ > kDeepestLayout) throw refuse(at_ - 1, "more levels than can be");
    Declaration structure{.field = {.kind = Kind::structure}};
    std::set<std::string_view> names;
    uint64_t end = 0;
    do {
      const std::string_view name = parse_name(names);
      Declaration member = parse_type();
      end = place(member, name, end, packed);
      structure.alignment = std::max(structure.alignment, packed ? 1 : member.alignment);
      structure.children.push_back(std::move(member));
      if (structure.children.size() > kMostMembers) throw refuse(at_, "more members than BTF can have");
    } while (take(','));
    if (!take('}')) throw expected("',' or '}'");
    --depth_;
    structure.field.size = static_cast<uint32_t>(round_up(end, structure.alignment));
    return structure;
  }

  std::string_view parse_name(std::set<std::string_view>& names) {
    skip_space();
    const size_t begin = at_;
    const std::string_view name = take_word();
    if (name.empty()) throw expected("a member's name");
    if (name.size() > kLongestName) throw refuse(begin, "a name that is too long");
    if (!names.insert(name).second) throw refuse(begin, fmt::format("a second member {}", name));
    if (!take(':')) throw expected("':' and a type");
    return name;
  }

  // Returns the member's end, which lies within the largest layout.
  uint64_t place(Declaration& member, std::string_view name, uint64_t end, bool packed) {
    const uint64_t offset = packed ? end : round_up(end, member.alignment);
    member.field.name = name;
    member.field.offset = static_cast<uint32_t>(offset);
    check_size(offset + member.field.size, at_);
    return offset + member.field.size;
  }

  std::string_view text_;
  std::string_view what_;
  size_t at_ = 0;
  size_t depth_ = 0;
};

}  // namespace

Declaration parse_declaration(std::string_view declaration, std::string_view what) {
  return Parser(declaration, what).run();
}

}  // namespace percpumap
