// Rows to characters: what stands before them, the rows, what stands behind.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/cpu_list.h"
#include "base/map_info.h"
#include "map/batch.h"
#include "output/format.h"
#include "output/text.h"
#include "types/btf.h"
#include "types/layout.h"

namespace percpumap {

// Everything a printer needs to know; it asks nobody.
struct Table {
  MapInfo info;
  Layout key = Layout::bytes(0);
  Layout value = Layout::bytes(0);
  Shape shape;            // of the batches that come: shape.cpus are the CPUs shown
  bool per_cpu = true;    // print the slots
  std::string aggregate;  // "sum": print Batch::aggregates under this name; empty: none
  Layout aggregate_layout = Layout::integer(8, false);
  CpuList foldable;          // table: leave out these CPUs where their value is all zero
  bool single = false;       // one entry (lookup, pop): a JSON object, not an array; not counted
  bool u64_strings = false;  // 64-bit integers as JSON strings
  bool styled = false;       // bold titles
  std::optional<Btf> btf{};  // bpftool's formats: what `info` has the type ids of; empty: show bytes
  // Tables only:
  size_t width = 0;        // columns of the terminal, beyond which nothing is written; 0: no limit
  bool human = false;      // values with thousands marks
  bool long_form = false;  // a line for each entry and CPU, also where one for each entry would do
};

struct Summary {
  uint64_t rows = 0;
  bool complete = true;
};

class Printer {
 public:
  virtual ~Printer() = default;

  // Once, before all rows. `first`: the entries that come first, if there are any; the columns of a table get
  // their widths from the first kMeasured of them.
  virtual void begin(const Batch& first, Text& out) = 0;
  // The entries [from, to) of `batch`, each with separator() before it; the document's first one loses it
  // again (Document). Nothing is allocated per entry. Several threads may do this at the same time, each with
  // its own text.
  virtual void rows(const Batch& batch, size_t from, size_t to, Text& out) const = 0;
  virtual std::string_view separator() const { return {}; }
  virtual void end(const Summary& summary, Text& out) = 0;
};

inline constexpr size_t kMeasured = 256;

std::unique_ptr<Printer> make_printer(Format format, const Table& table);

}  // namespace percpumap
