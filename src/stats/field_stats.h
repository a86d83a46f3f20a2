// One number of a map's values, over all entries and CPUs.
#pragma once

#include <optional>
#include <span>

#include "map/batch.h"
#include "stats/busiest.h"
#include "stats/histogram.h"
#include "stats/number_fields.h"

namespace percpumap {

// What is added up is 64 bits, whatever the field has: integers, with the field's sign, that wrap around; or
// a float. Memory depends on the CPUs and on `top` only.
class FieldStats {
 public:
  // Of batches of this shape. `top`: how many keys busiest() has.
  FieldStats(const NumberField& number, const Shape& shape, size_t top);

  void add(const Batch& batch);

  const std::string& name() const { return number_.name; }
  // What the sums below are.
  const Layout& sum_layout() const { return sum_layout_; }

  uint64_t total() const;
  // Each CPU's, by slot.
  std::span<const uint64_t> cpu_totals() const { return cpu_totals_; }
  // 0 to 1, by slot: how much of all CPUs' totals each is, in magnitude; 0 where all are 0.
  std::vector<double> cpu_shares() const;
  // The slot with the largest share; none where all are 0.
  std::optional<size_t> hottest() const;
  // The largest total by the mean total (in magnitude): 1 where the CPUs have the same. CPUs of `offline`
  // whose total is 0 do not count. None where all are 0.
  std::optional<double> skew(const CpuList& offline) const;

  // Of each entry's sum over the CPUs: the largest, and how they are distributed.
  std::vector<Busiest::Key> busiest() const { return busiest_.sorted(); }
  // 0 to 1: how much of all entries' sums this one is, in magnitude.
  double share(const Busiest::Key& key) const;
  const Histogram& histogram() const { return histogram_; }

 private:
  template <typename Number, typename Load>
  void add_all(const Batch& batch, Load load);
  template <typename Number>
  void add_entry(Number sum, Bytes key);
  bool is_floating() const { return number_.field.kind == Kind::floating; }
  double magnitude(uint64_t sum) const;
  std::vector<double> magnitudes() const;  // of the CPUs' totals

  NumberField number_;
  Shape shape_;
  Layout sum_layout_;
  std::vector<uint64_t> cpu_totals_;
  double all_entries_ = 0;  // magnitudes of their sums
  Busiest busiest_;
  Histogram histogram_;
};

}  // namespace percpumap
