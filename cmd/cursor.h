// What a command line that is being written means, up to the cursor.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cmd/command_line.h"
#include "cmd/commands.h"
#include "cmd/synopsis.h"

namespace percpumap {

struct Cursor {
  CommandLine line;                   // the words before; without `map`, `help` and the command
  const Command* command = nullptr;   // null: none was typed yet, or it is unknown
  bool awaits_command = false;        // it is the word under the cursor
  const OptionRow* option = nullptr;  // whose argument stands under the cursor
  Steps steps;                        // otherwise: what word of the command may stand there
  std::string_view after;             // and the label of the step before; empty: the command
  // The word under the cursor: what is no more to be changed ("--output=", "no_prealloc,"), and the rest.
  std::string fixed;
  std::string typed;
};

// `words` are those behind the program's name, without quotes; the last one, which may be empty, is under the
// cursor. REQUIRES !words.empty(). Passes over what makes no sense.
Cursor find_cursor(std::span<const std::string> words);

}  // namespace percpumap
