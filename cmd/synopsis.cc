#include "cmd/synopsis.h"

#include <algorithm>
#include <map>
#include <utility>

namespace percpumap {
namespace {

using Numbers = std::vector<size_t>;

constexpr std::string_view kMap = "{id ID | name MAPNAME | pinned PIN | fd FD | MAP}";

void append(Numbers& to, const Numbers& from) {
  to.insert(to.end(), from.begin(), from.end());
}

size_t token_size(std::string_view text) {
  if (text.starts_with("...")) return 3;
  if (std::string_view("[]{}|").find(text.front()) != std::string_view::npos) return 1;
  return std::min(text.find_first_of(" []{}|."), text.size());
}

// Words, and the marks [ ] { } | and ... one by one. "F[,F]" is the word F.
std::vector<std::string_view> split_marks(std::string_view text) {
  std::vector<std::string_view> tokens;
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    tokens.push_back(text.substr(0, token_size(text)));
    text.remove_prefix(tokens.back().size());
    if (text.starts_with("[,")) text.remove_prefix(text.find(']') + 1);
  }
  return tokens;
}

// A part of a synopsis: the words it can begin and end with, by their numbers.
struct Part {
  Numbers first, last;
  bool optional = false;
};

Part either(Part left, const Part& right) {
  append(left.first, right.first);
  append(left.last, right.last);
  left.optional = left.optional || right.optional;
  return left;
}

// Glushkov's construction: each word of the synopsis has a number, so that the same word at two places is two
// words, and `follow` says which words may come after each.
class Reader {
 public:
  Reader(std::string_view synopsis, bool any_order) {
    for (const std::string_view token : split_marks(synopsis)) {
      const auto words = token == "MAP" ? split_marks(kMap) : std::vector{token};
      tokens_.insert(tokens_.end(), words.begin(), words.end());
    }
    follow.front() = (any_order ? unordered() : alternatives()).first;
  }

  std::vector<std::string_view> labels = {""};  // number 0: before the first word
  std::vector<Numbers> follow = {{}};

 private:
  bool at(std::string_view mark) const { return at_ < tokens_.size() && tokens_[at_] == mark; }
  bool at_end() const { return at_ == tokens_.size() || at("]") || at("}") || at("|"); }
  bool accept(std::string_view mark) {
    if (!at(mark)) return false;
    ++at_;
    return true;
  }

  void link(const Part& from, const Part& to) {
    for (const size_t word : from.last) append(follow[word], to.first);
  }

  Part in_order(Part left, const Part& right) {
    link(left, right);
    if (left.optional) append(left.first, right.first);
    if (!right.optional) left.last.clear();
    append(left.last, right.last);
    left.optional = left.optional && right.optional;
    return left;
  }

  Part alternatives() {
    Part part = sequence();
    while (accept("|")) part = either(std::move(part), sequence());
    return part;
  }

  Part sequence() {
    Part part{{}, {}, true};
    while (!at_end()) part = in_order(std::move(part), item());
    return part;
  }

  // The first item, then the groups and the pairs of a word and its place, in whatever order.
  Part unordered() {
    Part head = item();
    Part rest{{}, {}, true};
    while (!at_end()) rest = either(std::move(rest), at("[") ? item() : pair());
    link(rest, rest);
    return in_order(std::move(head), rest);
  }

  Part item() {
    Part part;
    if (accept("[") || accept("{")) {
      part = alternatives();
      part.optional = tokens_[at_++] == "]";
    } else {
      part = word();
    }
    if (accept("...")) link(part, part);
    return part;
  }

  Part pair() {
    Part name = word();
    return in_order(std::move(name), word());
  }

  Part word() {
    const std::string_view label = tokens_[at_++];
    Part part = number(label);
    if (label != "DATA") return part;
    Part more = number("BYTE");
    link(more, more);
    more.optional = true;
    return in_order(std::move(part), more);
  }

  Part number(std::string_view label) {
    labels.push_back(label);
    follow.emplace_back();
    return {{labels.size() - 1}, {labels.size() - 1}};
  }

  std::vector<std::string_view> tokens_;
  size_t at_ = 0;
};

}  // namespace

bool is_place(std::string_view label) {
  return label.front() >= 'A' && label.front() <= 'Z';
}

std::vector<Steps> read_synopsis(std::string_view synopsis, bool any_order) {
  Reader reader(synopsis, any_order);
  // Words that the same words may follow lead to one state.
  std::map<Numbers, size_t> state_of;
  std::vector<Numbers> states;
  const auto state = [&](size_t word) {
    const auto [found, fresh] = state_of.try_emplace(reader.follow[word], states.size());
    if (fresh) states.push_back(found->first);
    return found->second;
  };
  std::vector<Steps> steps;
  for (size_t from = state(0); from < states.size(); ++from) {
    Steps& out = steps.emplace_back();
    for (const size_t word : Numbers(states[from])) out.push_back({reader.labels[word], state(word)});
    std::stable_partition(out.begin(), out.end(), [](const Step& step) { return !is_place(step.label); });
  }
  return steps;
}

}  // namespace percpumap
