#include "cli/expectation.h"

#include <regex>

namespace percpumap::test {
namespace {

constexpr std::string_view kNoNewline = " (no newline at the end)";

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end == text.npos) {
      lines.push_back(std::string(text) + std::string(kNoNewline));
      break;
    }
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool line_matches(const std::string& expected, const std::string& seen) {
  constexpr std::string_view kRegex = "(re)";
  if (!expected.starts_with(kRegex)) return expected == seen;
  return std::regex_match(seen, std::regex(expected.substr(kRegex.size())));
}

bool all_match(std::span<const std::string> expected, std::span<const std::string> seen) {
  if (expected.empty()) return seen.empty();
  if (expected.front() == "(any)") {
    return all_match(expected.subspan(1), seen) || (!seen.empty() && all_match(expected, seen.subspan(1)));
  }
  return !seen.empty() && line_matches(expected.front(), seen.front()) &&
         all_match(expected.subspan(1), seen.subspan(1));
}

void append(std::string& view, std::string_view mark, std::span<const std::string> lines) {
  for (const std::string& line : lines) view.append(mark).append(line).append("\n");
}

}  // namespace

std::string difference(std::span<const std::string> expected, std::string_view text) {
  const std::vector<std::string> lines = lines_of(text);
  std::span<const std::string> seen(lines);
  if (all_match(expected, seen)) return "";

  size_t head = 0;
  while (head < expected.size() && head < seen.size() && line_matches(expected[head], seen[head])) ++head;
  const std::span<const std::string> common = seen.first(head);
  expected = expected.subspan(head);
  seen = seen.subspan(head);
  size_t tail = 0;
  while (tail < expected.size() && tail < seen.size() &&
         line_matches(expected[expected.size() - 1 - tail], seen[seen.size() - 1 - tail])) {
    ++tail;
  }

  std::string view;
  append(view, "  ", common);
  append(view, "- ", expected.first(expected.size() - tail));
  append(view, "+ ", seen.first(seen.size() - tail));
  append(view, "  ", seen.last(tail));
  return view;
}

}  // namespace percpumap::test
