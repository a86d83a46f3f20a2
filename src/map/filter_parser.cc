#include "map/filter_parser.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "base/error.h"
#include "types/parse.h"

namespace percpumap {
namespace {

using Node = std::unique_ptr<const FilterNode>;

constexpr size_t kDeepest = 100;

struct Operator {
  std::string_view text;
  unsigned satisfying;
};
// Those of two characters first.
constexpr std::array kOperators = {
    Operator{"==", kEqual},         Operator{"!=", kLess | kGreater | kUnordered},
    Operator{"<=", kLess | kEqual}, Operator{">=", kGreater | kEqual},
    Operator{"<", kLess},           Operator{">", kGreater},
};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool ends_word(char c) {
  return is_blank(c) || std::string_view("()!=<>&|\"'").find(c) != std::string_view::npos;
}

class Parser {
 public:
  Parser(std::string_view text, const Layout& key, const Layout& value, const Shape& shape)
      : text_(text), key_(key), value_(value), shape_(shape) {}

  Node run() {
    Node node = alternatives();
    if (at_ < text_.size()) throw expected("&&, || or the end");
    return node;
  }

 private:
  // The place of what is wrong is counted from 1.
  Error error(size_t place, std::string_view what) const {
    return {Problem::bad_data, fmt::format("filter, character {}: {}", place + 1, what)};
  }
  Error expected(std::string_view what) const {
    const std::string_view rest = text_.substr(at_);
    return error(at_, fmt::format("expected {}, got {}", what, rest.empty() ? "the end" : shown(rest)));
  }
  // What `action` throws, with the place.
  template <typename Action>
  auto placed(size_t place, Action action) const {
    try {
      return action();
    } catch (const Error& inner) {
      if (inner.problem() != Problem::bad_data) throw;
      throw error(place, inner.what()).advise(inner.hint);
    }
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  bool take(std::string_view symbol) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(symbol)) return false;
    at_ += symbol.size();
    skip_blanks();
    return true;
  }

  std::string_view peek_word() {
    skip_blanks();
    size_t end = at_;
    while (end < text_.size() && !ends_word(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  bool take_word(std::string_view word) {
    if (peek_word() != word) return false;
    at_ += word.size();
    skip_blanks();
    return true;
  }

  Node alternatives() {
    FilterNodes parts;
    do parts.push_back(conditions());
    while (take("||") || take_word("or"));
    return junction(Enough::any, std::move(parts));
  }

  Node conditions() {
    FilterNodes parts;
    do parts.push_back(condition());
    while (take("&&") || take_word("and"));
    return junction(Enough::all, std::move(parts));
  }

  static Node junction(Enough enough, FilterNodes parts) {
    return parts.size() == 1 ? std::move(parts.front()) : make_junction(enough, std::move(parts));
  }

  Node condition() {
    if (++depth_ > kDeepest) throw error(at_, fmt::format("more than {} levels", kDeepest));
    Node node = unguarded_condition();
    --depth_;
    return node;
  }

  Node unguarded_condition() {
    if (take("!") || take_word("not")) return make_negation(condition());
    if (take("(")) return in_parentheses();
    if (const auto enough = quantifier()) return each_cpu(*enough);
    return comparison();
  }

  Node in_parentheses() {
    Node node = alternatives();
    if (!take(")")) throw expected(")");
    return node;
  }

  // any( or all(, without the parenthesis.
  std::optional<Enough> quantifier() {
    const std::string_view word = peek_word();
    if (word != "any" && word != "all") return std::nullopt;
    if (in_each_cpu_) throw error(at_, "any() and all() do not stand within one another");
    at_ += word.size();
    return word == "any" ? Enough::any : Enough::all;
  }

  Node each_cpu(Enough enough) {
    if (!take("(")) throw expected("(");
    in_each_cpu_ = true;
    Node part = in_parentheses();
    in_each_cpu_ = false;
    return make_each_cpu(enough, shape_, std::move(part));
  }

  Node comparison() {
    const std::string_view name = peek_word();
    if (name.empty()) throw expected("a field");
    const size_t place = at_;
    EntryField field = placed(place, [&] { return EntryField(name, key_, value_, shape_); });
    check_single(field, name, place);
    at_ += name.size();
    const bool of_one_cpu = field.part() == EntryField::Part::value && !in_each_cpu_;
    Node node = compared(std::move(field), name);
    return of_one_cpu ? make_each_cpu(Enough::any, shape_, std::move(node)) : std::move(node);
  }

  void check_single(const EntryField& field, std::string_view name, size_t place) const {
    const Kind kind = field.layout().root().kind;
    if (!field.layout().root().has_children()) return;
    throw error(place, fmt::format("{} is {}: a single field can be compared", shown(name),
                                   kind == Kind::array ? "an array" : "a structure"))
        .advise("for example one of " + field.members(name));
  }

  // Its operator and literal, or neither.
  Node compared(EntryField field, std::string_view name) {
    skip_blanks();
    for (const Operator& op : kOperators) {
      if (!take(op.text)) continue;
      const auto wanted = literal(field.layout(), name);
      return make_comparison(std::move(field), op.satisfying, wanted);
    }
    if (field.layout().root().kind != Kind::boolean) {
      throw expected(fmt::format("== != < <= > or >= after {}", shown(name)));
    }
    return make_comparison(std::move(field), kGreater, std::array{std::byte{0}});
  }

  std::vector<std::byte> literal(const Layout& layout, std::string_view name) {
    skip_blanks();
    const size_t place = at_;
    std::vector<std::string> words;
    if (layout.root().kind == Kind::bytes) words.emplace_back("hex");
    words.push_back(literal_text(layout.root().kind == Kind::text));
    std::vector<std::byte> bytes(layout.size());
    placed(place, [&] { parse_data(words, layout, name, bytes); });
    return bytes;
  }

  // A string's double quotes and what is escaped in them are read with it; other quotes only hold together.
  std::string literal_text(bool is_text) {
    if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return bare_literal();
    const size_t begin = at_;
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) at_ += quote == '"' && text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) throw error(begin, fmt::format("there is no {} at the end of this", quote));
    ++at_;
    const std::string_view whole = text_.substr(begin, at_ - begin);
    return std::string(is_text && quote == '"' ? whole : whole.substr(1, whole.size() - 2));
  }

  std::string bare_literal() {
    const std::string_view word = peek_word();
    if (word.empty()) throw expected("a literal");
    at_ += word.size();
    return std::string(word);
  }

  const std::string_view text_;
  const Layout& key_;
  const Layout& value_;
  const Shape& shape_;
  size_t at_ = 0;
  size_t depth_ = 0;
  bool in_each_cpu_ = false;
};

}  // namespace

std::unique_ptr<const FilterNode> parse_filter(std::string_view expression, const Layout& key,
                                               const Layout& value, const Shape& shape) {
  return Parser(expression, key, value, shape).run();
}

}  // namespace percpumap
