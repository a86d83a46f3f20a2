#include "output/line.h"

#include "base/literal.h"
#include "output/utf8.h"

namespace percpumap {
namespace {

// Puts it in the place of what stands beyond `most` columns. REQUIRES that the text is wider.
char* cut_text(char* begin, const char* end, size_t most) {
  const std::string_view text(begin, static_cast<size_t>(end - begin));
  const size_t dots = std::min(most, kEllipsis.size());
  return put(begin + prefix_of_width(text, most - dots).size(), kEllipsis.substr(0, dots));
}

}  // namespace

void Line::put_text(const Column& column, std::string_view text) {
  const size_t width = column.right ? std::min(column.width, display_width(text)) : column.width;
  char* const begin = advance(column.end() - width);
  end_cell(column, begin, put(begin, text), false);
}

void Line::measure_cell(char* begin, size_t most) {
  const auto cell = [&] { return std::string_view(begin, static_cast<size_t>(out_ - begin)); };
  size_t width = display_width(cell());
  if (most > 0 && width > most) {
    out_ = cut_text(begin, out_, most);
    width = display_width(cell());
    cut_ = true;
  }
  unseen_ += cell().size() - width;
}

void Line::cut_at(size_t limit) {
  out_ = cut_text(begin_, out_, limit);
  cut_ = true;
}

}  // namespace percpumap
