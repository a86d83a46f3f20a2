#include "output/table_text.h"

#include <algorithm>
#include <cstring>

#include "base/escape.h"
#include "output/line.h"
#include "output/utf8.h"

namespace percpumap {
namespace {

constexpr size_t kMeasuredCells = size_t{1} << 20;

}  // namespace

std::string field_title(const Table& table, const ColumnField& field, std::string_view root) {
  std::string title = shown_text(column_title(field.name.empty() ? root : field.name));
  const size_t most = std::max(table.width / 3, root.size());
  if (table.width == 0 || display_width(title) <= most) return title;
  return std::string(prefix_of_width(title, most - kEllipsis.size())).append(kEllipsis);
}

std::string count_text(const Table& table, const Summary& summary) {
  if (table.single) return {};
  return std::to_string(summary.rows) + (summary.rows == 1 ? " entry" : " entries") +
         (summary.complete ? "\n" : ", incomplete\n");
}

std::string cut_text(const Table& table) {
  return "(what is wider than " + std::to_string(table.width) + " columns is cut; -o json shows all of it)\n";
}

void write_title_line(const Table& table, std::span<const Column> columns,
                      std::span<const std::string> titles, Text& out) {
  size_t room = line_width(columns) + Literal::kExcess;
  for (const std::string& title : titles) room += title.size() + kColumnGap;
  std::string text(room + columns.back().end(), ' ');
  Line line(text.data());
  for (size_t i = 0; i < columns.size(); ++i) line.put_text(columns[i], titles[i]);
  bool cut = false;
  const char* end = line.finish(table.single ? 0 : table.width, cut);
  write_title(out, table.styled, {text.data(), static_cast<size_t>(end - text.data()) - 1});
  out.write("\n");
}

// If the first one is and each is like the one before it.
bool all_zero(Bytes bytes) {
  return bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

bool has_numbers(const Layout& layout, size_t index) {
  const auto fields = layout.fields().subspan(index, layout[index].end - index);
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) { return field.is_number(); });
}

void set_once(std::atomic<bool>& mark) {
  if (!mark.load(std::memory_order_relaxed)) mark.store(true, std::memory_order_relaxed);
}

size_t measured_entries(const Batch& first, size_t cells) {
  return std::min({first.count, kMeasured, std::max<size_t>(1, kMeasuredCells / std::max<size_t>(1, cells))});
}

}  // namespace percpumap
