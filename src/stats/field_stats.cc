#include "stats/field_stats.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "types/scalar.h"

namespace percpumap {
namespace {

constexpr uint64_t kSign = uint64_t{1} << 63;

Layout sum_layout_of(const Field& number) {
  LayoutBuilder builder;
  builder.add({.kind = number.kind, .is_signed = number.is_signed, .display = number.display, .size = 8});
  return builder.finish();
}

Histogram::Numbers numbers_of(const Field& number) {
  if (number.kind == Kind::floating) return Histogram::Numbers::floats;
  return number.is_signed ? Histogram::Numbers::signed_integers : Histogram::Numbers::unsigned_integers;
}

// Unsigned numbers in the order of what they stand for; NaN lowest.
uint64_t rank(uint64_t integer, bool is_signed) {
  return is_signed ? integer ^ kSign : integer;
}
uint64_t rank(double number, bool) {
  if (std::isnan(number)) return 0;
  const auto bits = std::bit_cast<uint64_t>(number);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

double sum_of(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0);
}

template <typename Number>
uint64_t plus(uint64_t sum, Number number) {
  return std::bit_cast<uint64_t>(std::bit_cast<Number>(sum) + number);
}

}  // namespace

FieldStats::FieldStats(const NumberField& number, const Shape& shape, size_t top)
    : number_(number),
      shape_(shape),
      sum_layout_(sum_layout_of(number.field)),
      cpu_totals_(shape.cpus.size()),
      busiest_(top),
      histogram_(numbers_of(number.field)) {}

template <typename Number>
void FieldStats::add_entry(Number sum, Bytes key) {
  const auto bits = std::bit_cast<uint64_t>(sum);
  all_entries_ += magnitude(bits);
  histogram_.add(sum);
  busiest_.offer(rank(sum, number_.field.is_signed), bits, key);
}

template <typename Number, typename Load>
void FieldStats::add_all(const Batch& batch, Load load) {
  const size_t stride = shape_.stride();
  for (size_t i = 0; i < batch.count; ++i) {
    const std::byte* at = batch.row(shape_, i).data() + number_.offset;
    Number sum{};
    for (uint64_t& total : cpu_totals_) {
      const Number number = load(at, number_.field);
      total = plus(total, number);
      sum += number;
      at += stride;
    }
    add_entry(sum, batch.key(shape_, i));
  }
}

void FieldStats::add(const Batch& batch) {
  if (is_floating()) {
    add_all<double>(batch, [](const std::byte* at, const Field& field) { return load_floating(field, at); });
  } else {
    add_all<uint64_t>(batch, integer_loader(number_.field));
  }
}

uint64_t FieldStats::total() const {
  const auto add = [&](uint64_t sum, uint64_t total) {
    return is_floating() ? plus(sum, std::bit_cast<double>(total)) : plus(sum, total);
  };
  return std::accumulate(cpu_totals_.begin(), cpu_totals_.end(), uint64_t{0}, add);
}

// As much as can be compared: what is not finite is 0.
double FieldStats::magnitude(uint64_t sum) const {
  if (is_floating()) {
    const auto number = std::bit_cast<double>(sum);
    return std::isfinite(number) ? std::fabs(number) : 0;
  }
  const bool negative = number_.field.is_signed && (sum & kSign) != 0;
  return static_cast<double>(negative ? -sum : sum);
}

double FieldStats::share(const Busiest::Key& key) const {
  return all_entries_ == 0 ? 0 : magnitude(key.number) / all_entries_;
}

std::vector<double> FieldStats::magnitudes() const {
  std::vector<double> found;
  for (const uint64_t total : cpu_totals_) found.push_back(magnitude(total));
  return found;
}

std::vector<double> FieldStats::cpu_shares() const {
  std::vector<double> shares = magnitudes();
  const double all = sum_of(shares);
  for (double& share : shares) share = all == 0 ? 0 : share / all;
  return shares;
}

std::optional<size_t> FieldStats::hottest() const {
  const std::vector<double> totals = magnitudes();
  const auto at = std::max_element(totals.begin(), totals.end());
  if (at == totals.end() || *at == 0) return std::nullopt;
  return static_cast<size_t>(at - totals.begin());
}

std::optional<double> FieldStats::skew(const CpuList& offline) const {
  const std::vector<double> totals = magnitudes();
  size_t counting = 0;
  for (size_t slot = 0; slot < totals.size(); ++slot) {
    if (totals[slot] != 0 || !offline.contains(shape_.cpus.ids()[slot])) ++counting;
  }
  const auto slot = hottest();
  if (!slot) return std::nullopt;
  return totals[*slot] * static_cast<double>(counting) / sum_of(totals);
}

}  // namespace percpumap
