// Out of a map into the output, and nothing lost on the way.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "cmd/drain_output.h"
#include "cmd/held_signals.h"
#include "cmd/progress.h"
#include "cmd/rescue_file.h"
#include "cmd/session.h"
#include "cmd/taken_entries.h"
#include "cmd/view.h"
#include "cmd/withdrawal.h"
#include "map/scan.h"

namespace percpumap {

struct DrainPlan {
  ScanOptions scan{};
  Table table{};       // how it is printed
  std::string rescue;  // the path of the rescue file; empty: default_rescue_path()
};

// What was in the map and is taken is afterwards in one place: the output as far as it is delivered, else
// again in the map, else, where the map does not take it back, in the rescue file. What SIGKILL can lose is
// what is between two of these places at that moment.
class Drain {
 public:
  // Opens the rescue file. Throws Error when that cannot be. What is given outlives the drain; `view` makes
  // of a batch that was taken what plan.table shows.
  Drain(Session& session, Map& map, Withdrawal& withdrawal, const View& view, const DrainPlan& plan);

  // To stdout. Throws Error when not everything came out; what was taken is then put back.
  void run();

 private:
  void print_all();
  bool take();
  bool take(Batch& batch);
  bool read(Batch& batch);
  void print_taken(const Batch& batch);
  void print_row(const Batch& batch, size_t i);
  void send();
  void put_back();
  void say_what_went_back(uint64_t returned) const;

  Session& session_;
  Map& map_;
  Withdrawal& withdrawal_;
  const View& view_;
  std::unique_ptr<Printer> printer_;
  Scan scan_;
  HeldSignals signals_;
  RescueFile rescue_;
  DrainOutput output_;
  TakenEntries taken_;
  Text text_;          // formatted and not sent
  uint64_t rows_ = 0;  // formatted
  Progress progress_;
  std::optional<Error> failure_;  // of reading the map
  bool interrupted_ = false;      // by a signal, before everything was taken
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace percpumap
