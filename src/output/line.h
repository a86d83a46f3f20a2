// One line of a table.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "base/literal.h"
#include "output/columns.h"

namespace percpumap {

// Written from the left to the right into room that the caller has made; up to Literal::kExcess characters
// behind its end are overwritten.
class Line {
 public:
  // The text of any number, in room for whole blocks of it.
  using Number = std::array<char, 64>;

  explicit Line(char* out) : begin_(out), out_(out) {}

  // To the right of its column, or where what stands before it leaves room. Blanks and digits are copied in
  // blocks, for a call for an odd number of them takes several times as long.
  void put_number(const Column& column, const Number& text, size_t size) {
    constexpr size_t kBlock = 8;
    char* const out = advance(column.end() - std::min(column.width, size));
    for (size_t at = 0; at < size; at += kBlock) std::memcpy(out + at, &text[at], kBlock);
    out_ = out + size;
  }
  // ASCII, to the right.
  void put_label(const Column& column, const Literal& text) {
    out_ = text.put(advance(column.end() - std::min(column.width, text.size())));
  }
  // Valid UTF-8, of which a terminal obeys nothing.
  void put_text(const Column& column, std::string_view text);

  // For text that is written in place: where it begins, and when it has ended. `ascii`: characters are
  // columns.
  char* begin_cell(const Column& column) { return advance(column.start); }
  void end_cell(const Column& column, char* begin, char* end, bool ascii) {
    out_ = end;
    if (!ascii || column.most > 0) measure_cell(begin, column.most);
  }

  // The end of the line, where its newline stands. What lies beyond `limit` columns (0: there is none) is
  // cut, and `cut` set.
  char* finish(size_t limit, bool& cut) {
    while (out_ > begin_ && out_[-1] == ' ') --out_;
    if (limit > 0 && columns() > limit) cut_at(limit);
    cut = cut || cut_;
    *out_++ = '\n';
    return out_;
  }

 private:
  size_t columns() const { return static_cast<size_t>(out_ - begin_) - unseen_; }
  // Returns where the line goes on.
  char* advance(size_t place) {
    constexpr size_t kBlock = 16;
    char* const out = out_;
    const size_t at = columns();
    if (at > 0) place = std::max(place, at + kColumnGap);
    const size_t blanks = place - at;
    for (size_t i = 0; i < blanks; i += kBlock) std::memset(out + i, ' ', kBlock);
    return out_ = out + blanks;
  }
  void measure_cell(char* begin, size_t most);
  void cut_at(size_t limit);

  char* begin_;
  char* out_;
  size_t unseen_ = 0;  // characters more than columns
  bool cut_ = false;
};

}  // namespace percpumap
