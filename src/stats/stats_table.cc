#include "stats/stats_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "output/units.h"
#include "stats/bar.h"
#include "types/format.h"

namespace percpumap {
namespace {

// So many CPUs have a line each; of more only the hottest.
constexpr size_t kAllCpus = 16;
constexpr size_t kHottestCpus = 8;

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

// With a bar, which is whole for `longest`. Blanks at the end would end a line.
std::string share_text(double share, double longest, const StatsStyle& style) {
  const double part = longest > 0 ? share / longest : 0;
  const std::string text = fmt::format("{:>7} {}", percent(share), bar(part, style.blocks));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::string with_marks(std::string number, const StatsStyle& style) {
  if (!style.human) return number;
  const size_t size = number.size();
  number.resize(size + size / 3);
  number.resize(static_cast<size_t>(add_marks(number.data(), number.data() + size) - number.data()));
  return number;
}

Item count_item(std::string name, uint64_t count, const StatsStyle& style) {
  return {std::move(name), count, with_marks(std::to_string(count), style)};
}

// A number of a field: its value says only that it is one.
Item sum_item(std::string name, const FieldStats& field, uint64_t sum, const StatsStyle& style) {
  const std::string text =
      format_value(field.sum_layout(), {.form = Notation::Form::text}, std::as_bytes(std::span(&sum, 1)));
  return {std::move(name), sum, with_marks(text, style)};
}

// Those that have a line: in their order; or, of many, the hottest first.
std::vector<size_t> shown_slots(const MapStats& stats, const std::vector<double>& shares) {
  std::vector<size_t> slots;
  for (size_t slot = 0; slot < shares.size(); ++slot) {
    const bool idle = shares[slot] == 0 && stats.offline.contains(stats.cpus.ids()[slot]);
    if (!idle) slots.push_back(slot);
  }
  if (slots.size() <= kAllCpus) return slots;
  std::stable_sort(slots.begin(), slots.end(), [&](size_t a, size_t b) { return shares[a] > shares[b]; });
  slots.resize(kHottestCpus);
  return slots;
}

std::vector<Record> cpu_lines(const MapStats& stats, const FieldStats& field, const StatsStyle& style) {
  const std::vector<double> shares = field.cpu_shares();
  const std::vector<size_t> slots = shown_slots(stats, shares);
  const double hottest = *std::max_element(shares.begin(), shares.end());
  std::vector<Record> lines;
  double rest = 1;
  for (const size_t slot : slots) {
    lines.push_back({{"cpu", uint64_t{stats.cpus.ids()[slot]}},
                     sum_item("total", field, field.cpu_totals()[slot], style),
                     {"share", share_text(shares[slot], hottest, style)}});
    rest -= shares[slot];
  }
  const size_t more = shares.size() - slots.size();
  if (more == 0) return lines;
  lines.push_back({{"cpu", uint64_t{more}, fmt::format("... {} more", more)},
                   {"share", fmt::format("{:>7}", percent(std::max(rest, 0.0)))}});
  return lines;
}

// A column for each field of the key. No field has blanks in its name, so the two others are no field's.
std::vector<Record> key_lines(const MapStats& stats, const FieldStats& field, const StatsStyle& style) {
  std::vector<Record> lines;
  const Notation notation{.form = Notation::Form::text};
  const std::vector<Busiest::Key> keys = field.busiest();
  double most = 0;
  for (const Busiest::Key& key : keys) most = std::max(most, field.share(key));
  for (const Busiest::Key& key : keys) {
    Record& line = lines.emplace_back();
    for (const ColumnField& column : column_fields(stats.key)) {
      const Layout layout = stats.key.part(column.index);
      const std::string text =
          format_value(layout, notation, Bytes(key.key).subspan(column.offset, layout.size()));
      const std::string name = column.name.empty() ? "key" : column.name;
      line.push_back(layout.root().is_number() ? Item{name, uint64_t{0}, text} : Item{name, text});
    }
    line.push_back(sum_item("its sum", field, key.number, style));
    line.push_back({"its share", share_text(field.share(key), most, style)});
  }
  return lines;
}

// "1", "512", "64K", "0.25": 2^exponent, from 1K to 512E in powers of 1024.
std::string power_text(int exponent) {
  constexpr std::string_view kUnits = " KMGTPE";
  if (exponent < 0 || exponent >= 70) return fmt::format("{:.3g}", std::ldexp(1.0, exponent));
  const auto unit = static_cast<size_t>(exponent / 10);
  return fmt::format("{}{}", 1 << exponent % 10, unit == 0 ? "" : kUnits.substr(unit, 1));
}

std::string low_end(const Histogram& histogram, int step) {
  if (step == 0) return "[0";
  if (step == 1 && histogram.is_floating()) return "(0";
  const int exponent = histogram.exponent(step);
  return step > 0 ? "[" + power_text(exponent) : "(-" + power_text(exponent + 1);
}

std::string high_end(const Histogram& histogram, int step) {
  if (step == 0) return "0]";
  if (step == -1 && histogram.is_floating()) return "0)";
  const int exponent = histogram.exponent(step);
  return step > 0 ? power_text(exponent + 1) + ")" : "-" + power_text(exponent) + "]";
}

// "[256, 512)", "(-2, -1]", "[0]": the numbers of the steps.
std::string range_text(const Histogram& histogram, int first, int last) {
  if (first == 0 && last == 0) return "[0]";
  if (first == last && histogram.exponent(first) == Histogram::kInfinity) return first > 0 ? "inf" : "-inf";
  return low_end(histogram, first) + ", " + high_end(histogram, last);
}

// What is empty between two lines is one line.
std::vector<Record> histogram_lines(const Histogram& histogram, const StatsStyle& style) {
  const std::vector<Histogram::Bucket> buckets = histogram.buckets();
  uint64_t entries = histogram.nans();
  uint64_t most = histogram.nans();
  for (const auto& [step, count] : buckets) {
    entries += count;
    most = std::max(most, count);
  }
  std::vector<Record> lines;
  const auto add = [&](std::string range, uint64_t count) {
    const auto all = static_cast<double>(entries);
    const std::string share =
        share_text(static_cast<double>(count) / all, static_cast<double>(most) / all, style);
    lines.push_back(
        {{"sum of an entry", std::move(range)}, count_item("entries", count, style), {"share", share}});
  };
  int next = 0;
  for (const Histogram::Bucket& bucket : buckets) {
    if (!lines.empty() && bucket.step > next) add(range_text(histogram, next, bucket.step - 1), 0);
    add(range_text(histogram, bucket.step, bucket.step), bucket.count);
    next = bucket.step + 1;
  }
  if (histogram.nans() > 0) add("nan", histogram.nans());
  return lines;
}

Record field_part(const MapStats& stats, const FieldStats& field, const StatsStyle& style) {
  Record part = {sum_item("total", field, field.total(), style)};
  const auto hottest = field.hottest();
  if (hottest) {
    const double skew = *field.skew(stats.offline);
    part.push_back({"skew", skew, fmt::format("{:.2f} (max/mean)", skew)});
    const uint64_t cpu = stats.cpus.ids()[*hottest];
    const std::string share = percent(field.cpu_shares()[*hottest]);
    part.push_back({"hottest", cpu, fmt::format("CPU {} ({})", cpu, share)});
    part.push_back({"cpus", cpu_lines(stats, field, style)});
  }
  const auto add = [&](std::string name, std::vector<Record> lines) {
    if (!lines.empty()) part.push_back({std::move(name), std::move(lines)});
  };
  if (hottest) add("busiest", key_lines(stats, field, style));
  add("histogram", histogram_lines(field.histogram(), style));
  return part;
}

std::string entries_text(const MapStats& stats, const StatsStyle& style) {
  const std::string most = with_marks(std::to_string(stats.info.max_entries), style);
  return fmt::format("{} of {}", with_marks(std::to_string(stats.entries), style), most);
}

}  // namespace

Record stats_table(const MapStats& stats, const StatsStyle& style) {
  Record table = {{"id", uint64_t{stats.info.id}},         {"name", stats.info.name},
                  {"entries", entries_text(stats, style)}, {"fill", percent(stats.fill())},
                  {"memory", human_size(stats.memlock)},   {"an entry", human_size(stats.bytes_per_entry)}};
  if (stats.matched) table.push_back(count_item("matched", *stats.matched, style));
  if (!stats.complete) table.push_back({"complete", false});
  for (const FieldStats& field : stats.fields) {
    table.push_back({field.name(), field_part(stats, field, style)});
  }
  return table;
}

}  // namespace percpumap
