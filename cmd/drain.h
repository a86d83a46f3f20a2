// Entries out of a map into the output, none of them lost on the way.
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
#include "map/scan.h"

namespace percpumap {

// Every entry that was in the map is afterwards in one place: the output as far as it is delivered, else
// again in the map, else, where the key has come anew meanwhile or the map does not take it, in the rescue
// file. What SIGKILL can lose is what is between two of these places at that moment.
class Drain {
 public:
  // Opens the rescue file at `rescue_path`. Throws Error when that cannot be, or the map cannot be printed as
  // the options say. Session and map outlive the drain.
  Drain(Session& session, Map& map, const ScanOptions& options, const std::string& rescue_path);

  // To stdout. Throws Error when not everything came out; what was taken is then put back.
  void run();

 private:
  void print_all();
  bool take();
  void print_taken(const Batch& batch);
  void print_row(const Batch& batch, size_t i);
  void send();
  void put_back();
  bool put_back(const Batch& batch, size_t i);
  void say_what_went_back(uint64_t returned) const;

  Session& session_;
  Map& map_;
  View view_;
  std::unique_ptr<Printer> printer_;
  Scan scan_;
  HeldSignals signals_;
  RescueFile rescue_;
  DrainOutput output_;
  TakenEntries taken_;
  Text text_;          // formatted and not sent
  uint64_t rows_ = 0;  // formatted
  Progress progress_{"draining"};
  std::optional<Error> failure_;  // of reading the map
  std::optional<Error> refusal_;  // the first of putting back
  bool map_takes_none_ = false;
  bool interrupted_ = false;  // by a signal, before everything was taken
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace percpumap
