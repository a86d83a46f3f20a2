#include "stats/stats_record.h"

#include <bit>
#include <cmath>
#include <limits>

#include "output/record_text.h"
#include "types/format.h"
#include "types/survival.h"

namespace percpumap {
namespace {

// Something of 64 bits as FieldStats::sum_layout() has it.
std::string number_text(const Layout& layout, const Notation& notation, uint64_t number) {
  return format_value(layout, notation, std::as_bytes(std::span(&number, 1)));
}

// The ends of what a bucket holds.
struct Bounds {
  uint64_t from;
  uint64_t to;
};

// Both within. Of the negative numbers with exponent 63 there is one.
Bounds integer_bounds(const Histogram& histogram, int step) {
  if (step == 0) return {0, 0};
  const int exponent = histogram.exponent(step);
  const uint64_t least = uint64_t{1} << exponent;
  const uint64_t most = least + (least - 1);
  if (step > 0) return {least, most};
  return {exponent == 63 ? -least : -most, -least};
}

// The end that is farther from zero is not within.
Bounds float_bounds(const Histogram& histogram, int step) {
  const double least = step == 0 ? 0 : std::ldexp(1.0, histogram.exponent(step));
  const double from = step < 0 ? -2 * least : least;
  const double to = step < 0 ? -least : 2 * least;
  return {std::bit_cast<uint64_t>(from), std::bit_cast<uint64_t>(to)};
}

std::vector<Record> cpu_records(const MapStats& stats, const FieldStats& field, const Notation& notation) {
  std::vector<Record> records;
  const std::vector<double> shares = field.cpu_shares();
  for (size_t slot = 0; slot < shares.size(); ++slot) {
    const std::string total = number_text(field.sum_layout(), notation, field.cpu_totals()[slot]);
    records.push_back(
        {{"cpu", uint64_t{stats.cpus.ids()[slot]}}, {"total", Json{total}}, {"share", shares[slot]}});
  }
  return records;
}

std::vector<Record> key_records(const MapStats& stats, const FieldStats& field, const Notation& notation) {
  std::vector<Record> records;
  const Survival survives(stats.key);
  for (const Busiest::Key& key : field.busiest()) {
    Record& record = records.emplace_back();
    record.push_back({"key", Json{format_value(stats.key, notation, key.key)}});
    if (!survives(key.key)) record.push_back({"raw", Record{{"key", to_hex(key.key)}}});
    record.push_back({"sum", Json{number_text(field.sum_layout(), notation, key.number)}});
    record.push_back({"share", field.share(key)});
  }
  return records;
}

std::vector<Record> bucket_records(const FieldStats& field, const Notation& notation) {
  std::vector<Record> records;
  const Histogram& histogram = field.histogram();
  const auto add = [&](const Bounds& bounds, uint64_t count) {
    records.push_back({{"from", Json{number_text(field.sum_layout(), notation, bounds.from)}},
                       {"to", Json{number_text(field.sum_layout(), notation, bounds.to)}},
                       {"entries", count}});
  };
  for (const auto& [step, count] : histogram.buckets()) {
    add(histogram.is_floating() ? float_bounds(histogram, step) : integer_bounds(histogram, step), count);
  }
  constexpr auto kNan = std::bit_cast<uint64_t>(std::numeric_limits<double>::quiet_NaN());
  if (histogram.nans() > 0) add({kNan, kNan}, histogram.nans());
  return records;
}

Record field_record(const MapStats& stats, const FieldStats& field, const Notation& notation) {
  Record record = {{"total", Json{number_text(field.sum_layout(), notation, field.total())}}};
  if (const auto skew = field.skew(stats.offline)) record.push_back({"skew", *skew});
  if (const auto slot = field.hottest()) {
    record.push_back({"hottest_cpu", uint64_t{stats.cpus.ids()[*slot]}});
  }
  record.push_back({"cpus", cpu_records(stats, field, notation)});
  record.push_back({"busiest", key_records(stats, field, notation)});
  record.push_back({"histogram", bucket_records(field, notation)});
  return record;
}

Record map_record(const MapStats& stats) {
  Record record = {
      {"id", uint64_t{stats.info.id}},  {"name", stats.info.name},
      {"entries", stats.entries},       {"max_entries", uint64_t{stats.info.max_entries}},
      {"fill", stats.fill()},           {"counted_by", std::string(counted_by_name(stats.counted_by))},
      {"bytes_memlock", stats.memlock}, {"bytes_per_entry", uint64_t{stats.bytes_per_entry}},
      {"complete", stats.complete}};
  if (stats.matched) record.push_back({"matched", *stats.matched});
  record.push_back({"fields_left_out", uint64_t{stats.fields_left_out}});
  return record;
}

// What one field has, or the map as a whole; each figure by its path in the JSON.
class Rows {
 public:
  explicit Rows(std::string field) : field_(std::move(field)) {}

  void add(const Record& record, const std::string& path, const std::string& item) {
    for (const Item& figure : record) add(figure, path + figure.name, item);
  }
  std::vector<Record> take() { return std::move(rows_); }

 private:
  void add(const Item& figure, const std::string& path, const std::string& item) {
    if (const auto* record = std::get_if<Record>(&figure.value)) return add(*record, path + ".", item);
    if (const auto* records = std::get_if<std::vector<Record>>(&figure.value)) {
      for (const Record& part : *records) add_item(part, path + ".");
      return;
    }
    rows_.push_back({{"field", field_}, {"figure", path}, {"item", item}, {"value", figure.value}});
  }
  // The first member says which it is.
  void add_item(const Record& part, const std::string& path) {
    add(Record(part.begin() + 1, part.end()), path, plain_text(part.front(), ""));
  }

  std::string field_;
  std::vector<Record> rows_;
};

}  // namespace

Record stats_record(const MapStats& stats, bool u64_strings) {
  const Notation notation{.u64_strings = u64_strings};
  std::vector<Record> fields;
  for (const FieldStats& field : stats.fields) {
    Record& record = fields.emplace_back(Record{{"field", field.name()}});
    const Record figures = field_record(stats, field, notation);
    record.insert(record.end(), figures.begin(), figures.end());
  }
  Record record = map_record(stats);
  record.push_back({"fields", std::move(fields)});
  return record;
}

std::vector<Record> stats_rows(const MapStats& stats) {
  const Notation notation{.form = Notation::Form::bare};
  Rows map("");
  map.add(map_record(stats), "", "");
  std::vector<Record> rows = map.take();
  for (const FieldStats& field : stats.fields) {
    Rows part(field.name());
    part.add(field_record(stats, field, notation), "", "");
    const std::vector<Record> more = part.take();
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

}  // namespace percpumap
