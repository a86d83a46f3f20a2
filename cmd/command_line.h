// argv to words and options. Options may stand anywhere, `--` ends them, a number with a sign is a word.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cmd/options.h"

namespace percpumap {

struct Command;

struct GivenOption {
  const OptionRow* row;
  std::string text;  // "--cpu=0-3", as CLI11 is given it
};

struct CommandLine {
  std::vector<std::string> words;
  std::vector<GivenOption> options;    // in order
  bool ended = false;                  // a `--` was there: all that follows are words
  const OptionRow* waiting = nullptr;  // of an unfinished line: the option at its end, without its argument
};

// Throws Error (usage) for an unknown option (with the nearest one) or a missing argument.
CommandLine split_command_line(std::span<const char* const> arguments);

// Of a line that is still being written: what makes no sense is passed over.
CommandLine split_unfinished(std::span<const char* const> arguments);

// Whether errors are to be JSON, as far as can be told from words that may make no sense.
bool wants_json(std::span<const char* const> arguments);

// Gives the options to CLI11, which checks and converts them. `command` null: only the global ones are
// allowed. Throws Error (usage).
Options parse_options(const CommandLine& line, const Command* command);

// --help of one command, or of the program.
std::string help_text(const Command* command);

}  // namespace percpumap
