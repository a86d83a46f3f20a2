#include "input/entry_splitter.h"

#include <algorithm>

#include "input/bad_data.h"

namespace percpumap {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kNewline = "\r\n";

Error unexpected(int c, std::string_view wanted) {
  if (c < 0) return {Problem::bad_data, "the array is never closed: the input was cut short"};
  const bool printable = c > ' ' && c < 0x7f;
  const std::string got =
      printable ? fmt::format("'{}'", static_cast<char>(c)) : fmt::format("byte 0x{:02x}", c);
  return bad_data("expected {}, got {}", wanted, got);
}

// `part` is the end of a piece of `size` bytes.
void check_piece(std::string_view part, size_t size) {
  if (part.find('\0') != std::string_view::npos) throw bad_data("a NUL byte: this is not text");
  if (size > kMaxEntryText) throw bad_data("one entry of more than 64 MiB");
}

// Follows a JSON text to the bracket that closes the first one.
class Brackets {
 public:
  // `part` goes on where the last one ended. True when that bracket is in it; `part` then ends there.
  bool close_in(std::string_view& part) {
    for (size_t at = 0; at < part.size(); ++at) {
      if (in_string_ ? pass_in_string(part[at]) : pass(part[at])) {
        part = part.substr(0, at + 1);
        return true;
      }
    }
    return false;
  }

 private:
  bool pass(char c) {
    switch (c) {
      case '"': in_string_ = true; return false;
      case '{':
      case '[': ++depth_; return false;
      case '}':
      case ']': return --depth_ == 0;
      default: return false;
    }
  }
  bool pass_in_string(char c) {
    in_string_ = escaped_ || c != '"';
    escaped_ = !escaped_ && c == '\\';
    return false;
  }

  size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace

ImportFormat EntrySplitter::format() {
  if (!format_) {
    const int c = peek(kSpace);
    format_ = c == '[' ? ImportFormat::json : c == '{' || c < 0 ? ImportFormat::ndjson : ImportFormat::csv;
  }
  return *format_;
}

std::optional<std::string_view> EntrySplitter::next() {
  if (over_) return std::nullopt;
  over_ = !find_piece();
  if (over_) return std::nullopt;
  return take_piece();
}

bool EntrySplitter::find_piece() {
  switch (format()) {
    case ImportFormat::ndjson: return peek(kSpace) >= 0;
    case ImportFormat::csv: return peek(kNewline) >= 0;
    default: return find_element();
  }
}

std::string_view EntrySplitter::take_piece() {
  switch (format()) {
    case ImportFormat::ndjson: return take(line_size());
    case ImportFormat::csv: return take_lines(record_size());
    default: return take_lines(element_size());
  }
}

bool EntrySplitter::find_element() {
  const bool found = in_array_ ? pass_comma() : open_array();
  in_array_ = true;
  if (!found) return false;
  const int c = peek(kSpace);
  if (c != '{') throw unexpected(c, "an entry ({...})");
  return true;
}

// An input without a character is an array without an element.
bool EntrySplitter::open_array() {
  const int c = peek(kSpace);
  if (c < 0) return false;
  if (c != '[') throw unexpected(c, "'[', the array of entries").advise("lines of entries are --from ndjson");
  input_.drop(1);
  return peek(kSpace) != ']' || close_array();
}

bool EntrySplitter::pass_comma() {
  const int c = peek(kSpace);
  if (c == ']') return close_array();
  if (c != ',') throw unexpected(c, "',' or ']' after an entry");
  input_.drop(1);
  return true;
}

bool EntrySplitter::close_array() {
  input_.drop(1);
  const int c = peek(kSpace);
  if (c >= 0) throw unexpected(c, "nothing after the array");
  return false;
}

size_t EntrySplitter::line_size() {
  for (size_t size = 0;;) {
    const std::string_view rest = input_.ahead().substr(size);
    const std::string_view part = rest.substr(0, rest.find('\n'));
    check_piece(part, size += part.size());
    if (part.size() < rest.size() || !input_.read_more()) return size;
  }
}

size_t EntrySplitter::record_size() {
  bool quoted = false;
  for (size_t size = 0;;) {
    const std::string_view rest = input_.ahead().substr(size);
    const std::string_view part = rest.substr(0, rest.find('\n'));
    check_piece(part, size += part.size());
    if (std::count(part.begin(), part.end(), '"') % 2 != 0) quoted = !quoted;
    const bool newline = part.size() < rest.size();
    if (newline && !quoted) return size;
    if (!newline && !input_.read_more()) return size;
    if (newline) ++size;  // in a quoted cell, whose own it is
  }
}

size_t EntrySplitter::element_size() {
  Brackets brackets;
  for (size_t size = 0;;) {
    std::string_view part = input_.ahead().substr(size);
    const bool closed = brackets.close_in(part);
    check_piece(part, size += part.size());
    if (closed) return size;
    if (!input_.read_more()) throw bad_data("the input ends in the middle of an entry");
  }
}

int EntrySplitter::peek(std::string_view passed) {
  do {
    const std::string_view rest = input_.ahead();
    const size_t size = std::min(rest.find_first_not_of(passed), rest.size());
    take_lines(size);
    line_ = next_line_;
    if (size < rest.size()) return static_cast<unsigned char>(rest[size]);
  } while (input_.read_more());
  return -1;
}

std::string_view EntrySplitter::take_lines(size_t size) {
  const std::string_view text = take(size);
  next_line_ += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
  return text;
}

std::string_view EntrySplitter::take(size_t size) {
  const std::string_view text = input_.ahead().substr(0, size);
  input_.drop(size);
  return text;
}

}  // namespace percpumap
