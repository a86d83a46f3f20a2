// What every command needs: the options, the backend, the output. Made before a command runs, opened when
// used.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "backend/backend.h"
#include "cmd/layouts.h"
#include "cmd/options.h"
#include "cmd/words.h"
#include "map/map.h"
#include "map/scan.h"
#include "output/printer.h"
#include "output/record.h"
#include "output/sink.h"
#include "types/parse_leaf.h"

namespace percpumap {

struct Command;

class Session {
 public:
  // Throws Error (usage) for a format that the command does not have.
  Session(const Options& options, const Command& command);

  const Options& options() const { return options_; }
  Format format() const { return format_; }
  // --backend, else $PERCPUMAP_BACKEND, else "syscall".
  std::string where() const;
  Backend& backend();
  Sink& sink() { return sink_; }
  // As --cpu says; without it every possible CPU. The same for as long as the command runs, whatever comes
  // online or goes.
  const CpuList& chosen_cpus();

  // The map that is meant, for reading only or for writing, too.
  Map open_to_read(const MapRef& ref) { return Map::open(backend(), ref, kReadOnly); }
  // To read what --cpu asks for: of a single CPU its slots alone, where the kernel gives them.
  Map open_to_read_chosen(const MapRef& ref);
  Map open_to_write(const MapRef& ref) { return Map::open(backend(), ref, 0); }

  // What keys and values of the command's map are; there is one such map.
  const Layouts& layouts(const Map& map);
  const Layout& key_layout(const Map& map) { return layouts(map).key; }
  const Layout& value_layout(const Map& map) { return layouts(map).value; }

  // --u64: the form of 64-bit numbers in JSON, in both directions.
  bool u64_strings() const { return options_.u64 == "string"; }
  WideNumbers wide_numbers() const { return u64_strings() ? WideNumbers::strings : WideNumbers::numbers; }

  void print(const Record& record);
  void print(const std::vector<Record>& records);
  // A change: nothing in a table, the record otherwise.
  void print_change(const Record& record);

  // One line on stderr that names map and backend, for commands that remove or change many entries; true
  // under
  // --dry-run, when nothing may be done (JSON: {"dry_run": what it would be}). `doing`: "clearing".
  bool announce(std::string_view doing, const std::string& map);

 private:
  const Options options_;
  Format format_ = Format::table;
  std::unique_ptr<Backend> backend_;
  std::optional<CpuList> chosen_cpus_;
  Sink sink_;
  std::optional<Layouts> layouts_;
};

// Columns of the terminal on stdout, else $COLUMNS; of a terminal that tells neither 80, of anything else 0.
size_t terminal_width();

// SIGINT and SIGTERM set a mark that loops over entries look at; other commands end at once, as usual.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  static bool interrupted();
  // An eventfd(2) that becomes readable with the mark, for whoever waits for input meanwhile.
  int event() const;
};

}  // namespace percpumap
