// The completion scripts: the tables of the program in the shell's words, and a few lines of shell that read
// them.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/map_info.h"
#include "cmd/commands.h"
#include "cmd/options.h"
#include "cmd/shell_code.h"
#include "cmd/synopsis.h"

namespace percpumap {
namespace {

using Names = std::vector<std::string_view>;

std::string spaced(std::string_view choices) {
  std::string text(choices);
  std::replace(text.begin(), text.end(), '|', ' ');
  return text;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  for (size_t at; (at = text.find(from)) != std::string_view::npos; text.remove_prefix(at + from.size())) {
    result += text.substr(0, at);
    result += to;
  }
  return result += text;
}

std::string sh_quoted(std::string_view text) {
  return "'" + replaced(text, "'", "'\\''") + "'";
}
std::string fish_quoted(std::string_view text) {
  return "'" + replaced(text, "'", "\\'") + "'";
}

// What can stand at a place, as far as it can be known: words separated by spaces.
std::string words_at(std::string_view place) {
  if (place == "DATA") return "hex";
  if (place == "CPUS") return "all online";
  if (place == "WHERE") return "syscall sim sim:";
  if (place != "F") return "";
  std::vector<std::string> flags = map_flag_names(~0U);
  std::erase_if(flags, [](const std::string& flag) { return flag.starts_with("0x"); });
  return fmt::format("{}", fmt::join(flags, " "));
}

std::string argument_words(const OptionRow& row) {
  return row.choices.empty() ? words_at(row.argument) : spaced(row.choices);
}

// "--output -o", "--per-cpu --no-per-cpu".
std::string spellings(const OptionRow& row) {
  std::string text(row.name);
  if (row.letter != 0) text += std::string(" -") + row.letter;
  if (!row.negation.empty()) text += " " + std::string(row.negation);
  return text;
}

std::vector<OptionRow> all_options() {
  std::vector<OptionRow> rows(global_options().begin(), global_options().end());
  rows.insert(rows.end(), command_options().begin(), command_options().end());
  return rows;
}

// "bo": those that take an argument.
std::string letters_with_argument() {
  std::string letters;
  for (const OptionRow& row : global_options()) {
    if (row.letter != 0 && !row.argument.empty()) letters += row.letter;
  }
  return letters;
}

std::string steps_text(const Steps& steps) {
  std::string text;
  for (const Step& step : steps)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", step.label, step.next);
  return text;
}

// Calls `emit(name, steps)` for every state, "dump.0", that is not the end.
template <typename Emit>
void for_each_state(Emit emit) {
  for (const Command& command : commands()) {
    const auto states = read_synopsis(command.synopsis, command.any_order);
    for (size_t i = 0; i < states.size(); ++i) {
      if (!states[i].empty()) emit(fmt::format("{}.{}", command.name, i), steps_text(states[i]));
    }
  }
}

std::string command_names() {
  Names names;
  for (const Command& command : commands()) names.push_back(command.name);
  return fmt::format("{}", fmt::join(names, " "));
}

// An associative array of bash and zsh. It is global also where a function reads the script.
class ShTable {
 public:
  explicit ShTable(std::string_view name) : text_(fmt::format("\ntypeset -gA _percpumap_{}=(\n", name)) {}
  void add(std::string_view key, std::string_view value) {
    text_ += fmt::format("  [{}]={}\n", key, sh_quoted(value));
  }
  std::string text() const { return text_ + ")\n"; }

 private:
  std::string text_;
};

std::string sh_tables() {
  std::string globals;
  for (const OptionRow& row : global_options()) globals += (globals.empty() ? "" : " ") + spellings(row);
  ShTable options("options"), formats("formats"), steps("steps"), arguments("arguments"), places("places");
  for (const Command& command : commands()) {
    std::string own;
    for (const std::string_view name : command.options) {
      own += (own.empty() ? "" : " ") + spellings(*find_option(name));
    }
    options.add(command.name, own);
    formats.add(command.name, fmt::format("{}", fmt::join(command.formats, " ")));
  }
  for_each_state([&](const std::string& state, const std::string& text) { steps.add(state, text); });
  for (const OptionRow& row : all_options()) {
    if (row.argument.empty()) continue;
    arguments.add(row.name, argument_words(row));
    if (row.letter != 0) arguments.add(std::string{'-', row.letter}, argument_words(row));
  }
  for (const std::string_view place : {"DATA", "CPUS", "F"}) places.add(place, words_at(place));
  return fmt::format("_percpumap_commands={}\n_percpumap_globals={}\n", sh_quoted(command_names()),
                     sh_quoted(globals)) +
         options.text() + formats.text() + arguments.text() + places.text() +
         "\n# What may come next in each state of a command, and the state after it; capitals are places.\n" +
         steps.text().substr(1);
}

std::string zsh_help() {
  ShTable help("help");
  for (const Command& command : commands()) help.add(command.name, command.summary);
  for (const OptionRow& row : all_options()) {
    help.add(row.name, row.help);
    if (row.letter != 0) help.add(std::string{'-', row.letter}, row.help);
    if (!row.negation.empty()) help.add(row.negation, row.help);
  }
  return help.text();
}

std::string fish_option(const OptionRow& row, const std::string& condition) {
  std::string line = "complete -c percpumap" + condition + fmt::format(" -l {}", row.name.substr(2));
  if (row.letter != 0) line += fmt::format(" -s {}", row.letter);
  if (!row.argument.empty()) line += " -x";
  const std::string words =
      row.name == "--output" ? "(__percpumap_formats (__percpumap_state))" : argument_words(row);
  if (!words.empty() && !row.argument.empty()) line += " -a " + fish_quoted(words);
  line += " -d " + fish_quoted(row.help) + "\n";
  if (row.negation.empty()) return line;
  return line + fmt::format("complete -c percpumap{} -l {} -d {}\n", condition, row.negation.substr(2),
                            fish_quoted(row.help));
}

// The commands that have an option.
std::string fish_condition(const OptionRow& row) {
  Names names;
  for (const Command& command : commands()) {
    const auto& own = command.options;
    if (std::find(own.begin(), own.end(), row.name) != own.end()) names.push_back(command.name);
  }
  return fmt::format(" -n '__percpumap_in {}'", fmt::join(names, " "));
}

// A function that prints the words of the case its argument is.
class FishSwitch {
 public:
  FishSwitch(std::string_view name, std::string_view subject)
      : text_(fmt::format("\nfunction __percpumap_{}\n    switch \"{}\"\n", name, subject)) {}
  void add(std::string_view key, std::string_view words) {
    text_ += fmt::format("        case {}\n            printf '%s\\n' {}\n", key, words);
  }
  std::string text() const { return text_ + "    end\nend\n"; }

 private:
  std::string text_;
};

std::string fish_tables() {
  std::string commands_text = "\nfunction __percpumap_commands\n";
  FishSwitch steps("steps", "$argv[1]"), places("place", "$argv[1]"), formats("formats", "$argv[1]");
  for (const Command& command : commands()) {
    commands_text +=
        fmt::format("    printf '%s\\t%s\\n' {} {}\n", command.name, fish_quoted(command.summary));
    formats.add(command.name, fmt::format("{}", fmt::join(command.formats, " ")));
  }
  formats.add("'*'", spaced(find_option("--output")->choices));
  for_each_state([&](const std::string& state, const std::string& text) { steps.add(state, text); });
  for (const std::string_view place : {"DATA", "CPUS", "F"}) places.add(place, words_at(place));
  std::string arguments;
  for (const OptionRow& row : all_options()) {
    if (!row.argument.empty()) arguments += " " + std::string(row.name);
  }
  return "set -g __percpumap_arguments" + arguments + "\n" + commands_text + "end\n" + formats.text() +
         places.text() +
         "\n# What may come next in each state of a command, and the state after it; capitals are places." +
         steps.text();
}

std::string fish_script() {
  std::string text = fish_tables() + replaced(kFish, "LETTERS", letters_with_argument());
  for (const OptionRow& row : global_options()) text += fish_option(row, "");
  for (const OptionRow& row : command_options()) text += fish_option(row, fish_condition(row));
  return text;
}

std::string script(std::string_view shell) {
  const std::string head =
      fmt::format("# {0} completion for percpumap(8), as 'percpumap completion {0}' prints it.\n", shell);
  if (shell == "fish") return head + fish_script();
  const std::string common = sh_tables() + replaced(kReader, "LETTERS", letters_with_argument());
  if (shell == "bash") return head + common + std::string(kBash);
  return "#compdef percpumap\n" + head + common + zsh_help() + std::string(kZsh);
}

}  // namespace

int run_completion(Session& session, Words& words) {
  const std::string shell = words.next("the shell (bash, zsh or fish)");
  words.end();
  if (shell != "bash" && shell != "zsh" && shell != "fish") {
    words.fail("there is no completion for '" + shell + "'");
  }
  session.sink().write(script(shell));
  return 0;
}

}  // namespace percpumap
