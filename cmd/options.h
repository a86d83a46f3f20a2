// Every option of every command, once: the parser, --help, the completions and the manual's test read this
// table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace percpumap {

// --max-entries, --limit and --top where they are not given.
inline constexpr uint64_t kEveryEntry = UINT64_MAX;

// What the options said. An option means the same in every command that has it, so there is one struct.
struct Options {
  // every command
  std::string backend;
  std::string output = "table";
  std::string u64 = "number";
  std::string color = "auto";
  bool bpffs = false;
  bool dry_run = false;
  int verbose = 0;
  bool quiet = false;
  bool version = false;
  bool help = false;

  // some
  std::string cpu;
  std::string key_type;
  std::string value_type;
  std::string show;
  std::string aggregate;
  std::string filter;
  std::string sort;
  std::string field;
  std::string fail_over;  // empty: never
  std::string engine = "auto";
  std::string missing_cpu;
  std::string from;
  std::string rescue;
  std::string cpus;
  std::string online;
  std::string kernel;
  std::string caps;
  bool per_cpu = true;
  bool remove = false;
  bool count = false;
  bool force = false;
  bool racy = false;
  bool raw = false;
  bool human = false;
  bool long_form = false;
  uint64_t jobs = 0;
  uint64_t batch_size = 0;
  uint64_t max_entries = kEveryEntry;
  uint64_t limit = kEveryEntry;
  uint64_t top = kEveryEntry;
};

struct OptionRow {
  std::string_view name;      // "--cpu"
  char letter = 0;            // 'c' for -c; 0: none
  std::string_view argument;  // "CPUS"; empty: a flag
  std::string_view help;
  std::string_view choices;  // "table|json": the only arguments there are; empty: any
  std::variant<bool Options::*, int Options::*, uint64_t Options::*, std::string Options::*> target;
  std::string_view stands_for;  // "--output=json": nothing but another way to write that
  std::string_view negation;    // "--no-per-cpu"
};

// The options of every command, then those of some.
std::span<const OptionRow> global_options();
std::span<const OptionRow> command_options();

// By "--name", "--negation" or "-x"; null if there is none.
const OptionRow* find_option(std::string_view word);

}  // namespace percpumap
