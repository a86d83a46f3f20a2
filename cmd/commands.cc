#include "cmd/commands.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/nearest.h"
#include "cmd/command_line.h"

namespace percpumap {
namespace {

using Names = std::vector<std::string_view>;

constexpr auto kReads = Effect::reads;
constexpr auto kChanges = Effect::changes;
constexpr auto kRehearses = Effect::changes_or_rehearses;

std::span<const Command> table() {
  static const Names types = {"--key-type", "--value-type"};
  static const Names entry = {"--key-type", "--value-type", "--show",    "--raw",  "--cpu",
                              "--agg",      "--sum",        "--per-cpu", "--human"};
  static const Names dump = {"--key-type", "--value-type", "--show",   "--raw",  "--cpu", "--agg",
                             "--sum",      "--per-cpu",    "--filter", "--sort", "--top", "--limit",
                             "--human",    "--long",       "--engine", "--jobs"};
  static const Names batch_dump = {"--key-type",   "--value-type",  "--show",   "--raw",
                                   "--cpu",        "--agg",         "--sum",    "--per-cpu",
                                   "--filter",     "--limit",       "--human",  "--long",
                                   "--batch-size", "--max-entries", "--delete", "--rescue"};
  static const Names helper = {"--cpu", "--key-type", "--value-type", "--show",
                               "--raw", "--human",    "--long",       "--limit"};
  static const Names zero = {"--key-type", "--value-type", "--show",  "--raw",  "--cpu",  "--agg",
                             "--sum",      "--per-cpu",    "--human", "--long", "--racy", "--rescue"};
  static const Names rows = {"table", "json", "pretty", "ndjson", "csv", "bpftool", "bpftool-json"};
  static const Names records = {"table", "json", "pretty", "ndjson", "csv"};
  static const std::array all = {
      Command{"list", "", "every per-CPU hash map", kReads, {"--count"}, records, run_list},
      Command{"show", "[MAP]", "one map in full", kReads, {"--count"}, records, run_show},
      Command{"create",
              "PATH [type percpu_hash] key K value V entries N [name NAME] [flags F[,F]] [numa_node -1]",
              "make a map and pin it at PATH",
              kChanges,
              {"--force"},
              records,
              run_create,
              true},
      Command{"dump", "MAP", "every entry of a map", kReads, dump, rows, run_dump},
      Command{"batch-dump", "MAP", "every entry, the batch commands in the open", kReads, batch_dump, rows,
              run_batch_dump},
      Command{"lookup", "MAP key DATA", "one entry, all CPUs", kReads, entry, rows, run_lookup},
      Command{"getnext",
              "MAP [key DATA]",
              "the key after this one, or the first",
              kReads,
              {"--key-type", "--show"},
              records,
              run_getnext},
      Command{"update",
              "MAP key DATA {value DATA | values JSON | cpu CPUS value DATA [cpu CPUS value DATA]...} "
              "[any|exist|noexist]",
              "write an entry: on every CPU, one value per CPU, or only some CPUs",
              kChanges,
              {"--key-type", "--value-type", "--show", "--racy"},
              records,
              run_update},
      Command{"add",
              "MAP key DATA [cpu CPUS] value DATA",
              "add to counters while programs count there",
              kChanges,
              {"--key-type", "--value-type", "--show", "--racy"},
              records,
              run_add},
      Command{"zero", "MAP [key DATA]",
              "set counters to 0 and print what they held, while programs count there", kRehearses, zero,
              rows, run_zero},
      Command{"delete",
              "MAP key DATA [key DATA]...",
              "remove entries",
              kChanges,
              {"--key-type", "--show"},
              records,
              run_delete},
      Command{"pop", "MAP key DATA", "print an entry and remove it, in one step", kChanges, entry, rows,
              run_pop},
      Command{"import",
              "MAP [FILE] [any|exist|noexist]",
              "write entries as dump prints them (ndjson, json, csv, bpftool-json)",
              kRehearses,
              {"--key-type", "--value-type", "--show", "--raw", "--cpu", "--racy", "--missing-cpu", "--from"},
              records,
              run_import},
      Command{"clear", "MAP", "remove every entry", kRehearses, {}, records, run_clear},
      Command{
          "freeze", "MAP", "no more changes by system call, for ever", kRehearses, {}, records, run_freeze},
      Command{"pin", "MAP PATH", "give a map another path", kChanges, {}, records, run_pin},
      Command{"unpin", "PATH", "remove a pin of a map", kRehearses, {}, records, run_unpin},
      Command{"helper",
              "MAP {lookup key DATA | update key DATA value DATA [any|exist|noexist|flags N] | "
              "delete key DATA | for-each [flags N] | lookup-percpu key DATA of M}",
              "call a BPF helper from a program on one CPU, --cpu N", kChanges, helper, records, run_helper},
      Command{"stats",
              "MAP",
              "entries, fill, memory, and the numbers of the values: totals, CPUs, keys, histograms",
              kReads,
              {"--key-type", "--value-type", "--show", "--raw", "--cpu", "--filter", "--field", "--top",
               "--human", "--engine", "--count", "--fail-over"},
              records,
              run_stats},
      Command{"feature",
              "",
              "what the kernel lets this user do with such maps, and why the rest is missing",
              kReads,
              {},
              records,
              run_feature},
      Command{"doctor",
              "",
              "what is missing on this machine for this user, and the command that mends it",
              kReads,
              {},
              records,
              run_doctor},
      Command{"sim",
              "init|show|reset",
              "the simulated machine: its CPUs, kernel and rights",
              kRehearses,
              {"--cpus", "--online", "--kernel", "--caps"},
              records,
              run_sim},
      Command{"completion",
              "bash|zsh|fish",
              "print the completion script of a shell",
              kReads,
              {},
              {"table"},
              run_completion},
  };
  return all;
}

[[noreturn]] void unknown_command(std::string_view word) {
  Names names;
  for (const Command& command : commands()) names.push_back(command.name);
  const std::string near = nearest(word, names);
  throw Error(Problem::usage, "there is no command '" + std::string(word) + "'")
      .advise(near.empty() ? "'percpumap --help' lists them" : "did you mean '" + near + "'?");
}

}  // namespace

std::span<const Command> commands() {
  return table();
}

const Command& find_command(std::string_view word) {
  std::vector<const Command*> candidates;
  for (const Command& command : commands()) {
    if (command.name == word) return command;
    if (command.name.starts_with(word) && !word.empty()) candidates.push_back(&command);
  }
  if (candidates.empty()) unknown_command(word);
  if (candidates.size() == 1 && candidates.front()->effect == Effect::reads) return *candidates.front();
  std::string list;
  for (const Command* command : candidates) list += (list.empty() ? "" : ", ") + std::string(command->name);
  if (candidates.size() > 1)
    throw Error(Problem::usage, "'" + std::string(word) + "' begins several commands: " + list);
  throw Error(Problem::usage, "a command that changes something is spelled out: " + list);
}

}  // namespace percpumap
