// What a command shows of a map's entries, as the options say: the layouts, the stages, the table.
#pragma once

#include "cmd/session.h"
#include "map/aggregate.h"
#include "map/filter.h"
#include "map/sort_order.h"

namespace percpumap {

class View {
 public:
  // Throws Error for options that contradict each other or do not fit the map.
  View(Session& session, Map& map);

  const Table& table() const { return table_; }
  // Brings a batch of all CPUs to what table() shows: the CPUs and the entries that are wanted, then their
  // aggregates. Several threads may do this at the same time.
  void run_stages(Batch& batch) const;
  void choose(Batch& batch) const;
  void aggregate(Batch& batch) const;
  // Of what choose() leaves; nullopt: the kernel's order.
  std::optional<SortOrder> order() const;
  // One entry, whole document.
  void print_entry(Bytes key, Bytes row) const;

 private:
  void choose_cpus(const Options& options);
  void choose_aggregate(const Options& options);

  Session& session_;
  const Map& map_;
  Table table_;
  std::optional<Filter> filter_;
  std::optional<Aggregation> aggregation_;
};

}  // namespace percpumap
