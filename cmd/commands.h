// The table of subcommands: help order, abbreviations, completions and the manual's test read the same rows.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "cmd/session.h"
#include "cmd/words.h"

namespace percpumap {

// What changes something is never abbreviated, and refuses --dry-run unless it can rehearse.
enum class Effect { reads, changes, changes_or_rehearses };

// What may stand at a place of a synopsis is written there in capitals (MAP, DATA, CPUS, FILE, PATH);
// lower-case words are typed as they are.
struct Command {
  std::string_view name;
  std::string_view synopsis;
  std::string_view summary;
  Effect effect;
  std::vector<std::string_view> options;  // besides the global ones
  std::vector<std::string_view> formats;  // of -o
  int (*run)(Session& session, Words& words);
  bool any_order = false;  // what follows the first item of the synopsis
};

std::span<const Command> commands();

// By name, or for commands that only read by a unique prefix. Throws Error (usage) that lists the candidates
// or names the nearest.
const Command& find_command(std::string_view word);

// The words and messages of a command's `run`: exit status as return value, Error for the rest.
int run_list(Session&, Words&);
int run_show(Session&, Words&);
int run_create(Session&, Words&);
int run_dump(Session&, Words&);
int run_batch_dump(Session&, Words&);
int run_lookup(Session&, Words&);
int run_getnext(Session&, Words&);
int run_update(Session&, Words&);
int run_add(Session& session, Words& words);
int run_zero(Session&, Words&);
int run_delete(Session&, Words&);
int run_pop(Session&, Words&);
int run_import(Session&, Words&);
int run_clear(Session&, Words&);
int run_freeze(Session&, Words&);
int run_pin(Session&, Words&);
int run_unpin(Session&, Words&);
int run_helper(Session&, Words&);
int run_stats(Session&, Words&);
int run_feature(Session&, Words&);
int run_doctor(Session&, Words&);
int run_sim(Session&, Words&);
int run_completion(Session&, Words&);

}  // namespace percpumap
