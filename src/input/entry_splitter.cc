#include "input/entry_splitter.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace percpumap {
namespace {

constexpr size_t kBlock = 256 << 10;

Error unexpected(int c, std::string_view wanted) {
  if (c < 0) return {Problem::bad_data, "the array is never closed: the input was cut short"};
  const bool printable = c > ' ' && c < 0x7f;
  const std::string got =
      printable ? fmt::format("'{}'", static_cast<char>(c)) : fmt::format("byte 0x{:02x}", c);
  return {Problem::bad_data, fmt::format("expected {}, got {}", wanted, got)};
}

}  // namespace

std::optional<std::string_view> EntrySplitter::next() {
  if (over_) return std::nullopt;
  if (!format_) format_ = peek_text() == '[' ? ImportFormat::json : ImportFormat::ndjson;
  const bool lines = *format_ == ImportFormat::ndjson;
  over_ = lines ? !find_line() : !find_element();
  if (over_) return std::nullopt;
  return take(lines ? line_size() : object_size());
}

bool EntrySplitter::find_line() {
  return peek_text() >= 0;
}

bool EntrySplitter::find_element() {
  const bool found = in_array_ ? pass_comma() : open_array();
  in_array_ = true;
  if (!found) return false;
  const int c = peek_text();
  if (c != '{') throw unexpected(c, "an entry ({...})");
  return true;
}

// An input without a character is an array without an element.
bool EntrySplitter::open_array() {
  const int c = peek_text();
  if (c < 0) return false;
  if (c != '[') throw unexpected(c, "'[', the array of entries").advise("lines of entries are --from ndjson");
  take(1);
  return peek_text() != ']' || close_array();
}

bool EntrySplitter::pass_comma() {
  const int c = peek_text();
  if (c == ']') return close_array();
  if (c != ',') throw unexpected(c, "',' or ']' after an entry");
  take(1);
  return true;
}

bool EntrySplitter::close_array() {
  take(1);
  const int c = peek_text();
  if (c >= 0) throw unexpected(c, "nothing after the array");
  return false;
}

size_t EntrySplitter::line_size() {
  size_t size = 0;
  for (int c = peek_entry(0); c >= 0 && c != '\n'; c = peek_entry(size)) ++size;
  return size;
}

size_t EntrySplitter::object_size() {
  size_t depth = 0;
  bool in_string = false;
  for (size_t at = 0;; ++at) {
    const int c = peek_entry(at);
    if (c < 0) throw Error(Problem::bad_data, "the input ends in the middle of an entry");
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return at + 1;
    }
  }
}

int EntrySplitter::peek_entry(size_t offset) {
  const int c = peek(offset);
  if (c == 0) throw Error(Problem::bad_data, "a NUL byte: this is not text");
  if (offset >= kMaxEntryText) throw Error(Problem::bad_data, "one entry of more than 64 MiB");
  return c;
}

int EntrySplitter::peek_text() {
  int c = peek();
  for (; c == ' ' || c == '\t' || c == '\r' || c == '\n'; c = peek()) take(1);
  line_ = next_line_;
  return c;
}

std::string_view EntrySplitter::take(size_t size) {
  const std::string_view text(buffer_.data() + begin_, size);
  next_line_ += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
  begin_ += size;
  return text;
}

bool EntrySplitter::fill(size_t offset) {
  while (begin_ + offset >= end_ && !at_end_) read_block();
  return begin_ + offset < end_;
}

void EntrySplitter::read_block() {
  if (begin_ > 0 && buffer_.size() - end_ < kBlock) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < kBlock) buffer_.resize(2 * buffer_.size() + kBlock);
  const ssize_t got = ::read(fd_, buffer_.data() + end_, buffer_.size() - end_);
  if (got < 0) {
    const int number = errno;
    // Only a signal that the program wants to hear of ends a read.
    const Problem problem = number == EINTR ? Problem::interrupted : Problem::system;
    throw Error(problem, "cannot read the input: " + errno_text(number))
        .because(errno_code(number))
        .in("read");
  }
  end_ += static_cast<size_t>(got);
  at_end_ = got == 0;
}

}  // namespace percpumap
