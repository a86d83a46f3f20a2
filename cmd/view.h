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
  View(Session& session, const Map& map);
  // Of entries that come with slots of `read` alone; `shown` of them are shown, whatever --cpu says.
  View(Session& session, const Map& map, const CpuList& read, const CpuList& shown);

  const Table& table() const { return table_; }
  // Brings a batch as it was read to what table() shows: the CPUs and the entries that are wanted, then their
  // aggregates. Several threads may do this at the same time.
  void run_stages(Batch& batch) const;
  void choose(Batch& batch) const;
  void aggregate(Batch& batch) const;
  // Of what choose() leaves; nullopt: the kernel's order.
  std::optional<SortOrder> order() const;
  // One entry as it was read, whole document.
  void print_entry(Bytes key, Bytes row) const;

 private:
  void choose_aggregate(const Options& options);

  Session& session_;
  const Shape read_;
  Table table_;
  std::optional<Filter> filter_;
  std::optional<Aggregation> aggregation_;
};

}  // namespace percpumap
