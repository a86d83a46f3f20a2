// Rows to characters: three beats, one virtual call per batch.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/cpu_list.h"
#include "base/map_info.h"
#include "map/batch.h"
#include "output/format.h"
#include "output/sink.h"
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
};

struct Summary {
  uint64_t rows = 0;
  bool complete = true;
};

class Printer {
 public:
  virtual ~Printer() = default;
  virtual void begin(const Table& table) = 0;
  virtual void rows(const Batch& batch) = 0;
  virtual void end(const Summary& summary) = 0;
};

// The sink outlives the printer.
std::unique_ptr<Printer> make_printer(Format format, Sink& sink);

}  // namespace percpumap
