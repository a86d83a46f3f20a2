#include "cmd/bash_line.h"

#include <algorithm>

namespace percpumap {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n';
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= 'a' && byte <= 'z') || std::string_view("_-+=:,./@%").find(c) != std::string_view::npos;
}

// Between quotes: what ends them or is more than itself there.
std::string quoted(std::string_view text, char quote) {
  std::string result;
  for (const char c : text) {
    if (quote == '\'') {
      result += c == '\'' ? "'\\''" : std::string{c};
    } else if (c == '!') {  // of the history, also after a backslash
      result += "\"'!'\"";
    } else {
      if (std::string_view("\\\"$`").find(c) != std::string_view::npos) result += '\\';
      result += c;
    }
  }
  return result;
}

}  // namespace

BashLine::BashLine(std::string_view line, std::string_view text) {
  const bool is_end = line.ends_with(text);
  read(line, line.size() - (is_end ? text.size() : 0));
}

void BashLine::end_word() {
  if (redirects_)
    words_.back().clear();
  else
    words_.emplace_back();
  redirects_ = false;
}

// `rest` begins with an operator, as in "2>&1" or "< file"; what is before it is a word of the command, or
// the number of a descriptor. The operator's length.
size_t BashLine::begin_redirection(std::string_view rest) {
  const bool number = words_.back().find_first_not_of("0123456789") == std::string::npos;
  if (number || redirects_)
    words_.back().clear();
  else
    end_word();
  redirects_ = true;
  return std::min(rest.find_first_not_of("<>&|"), rest.size());
}

void BashLine::read(std::string_view line, size_t start_of_text) {
  bool in_word = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (i == start_of_text) kept_ = in_word ? words_.back().size() : 0;
    const char c = line[i];
    const bool escapes =
        c == '\\' && quote_ != '\'' && i + 1 < line.size() &&
        (quote_ == 0 || std::string_view("\\\"$`").find(line[i + 1]) != std::string_view::npos);
    if (quote_ == 0 && is_blank(c)) {
      if (in_word) end_word();
      in_word = false;
      continue;
    }
    if (quote_ == 0 && (c == '<' || c == '>')) {
      i += begin_redirection(line.substr(i)) - 1;
      in_word = false;
      continue;
    }
    in_word = true;
    if (escapes) {
      words_.back() += line[++i];
    } else if (c == quote_) {
      quote_ = 0;
    } else if (quote_ == 0 && (c == '\'' || c == '"')) {
      quote_ = c;
    } else {
      words_.back() += c;
    }
  }
  if (start_of_text == line.size()) kept_ = words_.back().size();
}

std::string BashLine::insertion(std::string_view word, bool open) const {
  const std::string_view rest = word.substr(std::min(kept_, word.size()));
  if (quote_ != 0) {
    std::string text = quoted(rest, quote_);
    // Readline drops one of two such quotes, the one on the line and one at the begin of this text, and puts
    // none behind a text that ends with one.
    if (text.starts_with(quote_)) text.insert(text.begin(), quote_);
    if (text.ends_with(quote_)) text += quote_;
    return text;
  }
  if (std::all_of(rest.begin(), rest.end(), is_plain)) return std::string(rest);
  return '\'' + quoted(rest, '\'') + (open ? "" : "'");
}

}  // namespace percpumap
