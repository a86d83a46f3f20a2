#include "cmd/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "base/nearest.h"
#include "cmd/commands.h"

namespace percpumap {
namespace {

// "-1", "-.5", "-inf": data, not an option; no option starts with a digit.
bool is_number(std::string_view word) {
  if (word == "-inf" || word == "-nan") return true;
  if (word.size() < 2 || word[0] != '-') return false;
  const size_t at = word[1] == '.' && word.size() > 2 ? 2 : 1;
  return std::isdigit(static_cast<unsigned char>(word[at])) != 0;
}

[[noreturn]] void miss_argument(const OptionRow& row) {
  throw Error(Problem::usage,
              "option " + std::string(row.name) + " needs an argument (" + std::string(row.argument) + ")");
}

class Splitter {
 public:
  Splitter(std::span<const char* const> arguments, bool finished)
      : arguments_(arguments), finished_(finished) {}

  CommandLine run() {
    while (at_ < arguments_.size()) {
      const std::string_view word = arguments_[at_++];
      if (word == "--") {
        line_.ended = true;
        break;
      }
      if (word.size() < 2 || word[0] != '-' || is_number(word)) {
        line_.words.emplace_back(word);
      } else if (word[1] == '-') {
        long_option(word);
      } else {
        short_options(word);
      }
    }
    while (at_ < arguments_.size()) line_.words.emplace_back(arguments_[at_++]);
    return std::move(line_);
  }

 private:
  void long_option(std::string_view word) {
    const size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const OptionRow* row = find_option(name);
    if (row == nullptr) return unknown(name);
    if (row->argument.empty()) {
      if (equals != std::string_view::npos && finished_)
        fail("option " + std::string(name) + " takes no argument");
      return add(row, std::string(name));
    }
    if (equals != std::string_view::npos) return add(row, std::string(word));
    add_with_next(row, std::string(name));
  }

  // "-jv", "-osim" and "-o csv" alike.
  void short_options(std::string_view word) {
    for (size_t i = 1; i < word.size(); ++i) {
      const OptionRow* row = find_option(std::string{'-', word[i]});
      if (row == nullptr) return unknown(word);
      if (row->argument.empty()) {
        add(row, std::string(row->name));
        continue;
      }
      const std::string_view rest = word.substr(i + 1);
      if (rest.empty()) return add_with_next(row, std::string(row->name));
      return add(row, std::string(row->name) + '=' + std::string(rest));
    }
  }

  // The option's argument is the next word.
  void add_with_next(const OptionRow* row, const std::string& name) {
    if (at_ < arguments_.size()) return add(row, name + '=' + arguments_[at_++]);
    if (finished_) miss_argument(*row);
    line_.waiting = row;
  }

  // Of --verbose and --quiet the last one wins, as of everything that contradicts itself.
  void add(const OptionRow* row, std::string text) {
    const std::string_view other = row->name == "--quiet"     ? "--verbose"
                                   : row->name == "--verbose" ? "--quiet"
                                                              : "";
    std::erase_if(line_.options, [&](const GivenOption& given) { return given.row->name == other; });
    if (!row->stands_for.empty()) {
      text = row->stands_for;
      row = find_option(row->stands_for.substr(0, row->stands_for.find('=')));
    }
    line_.options.push_back({row, std::move(text)});
  }

  [[noreturn]] static void fail(const std::string& why) { throw Error(Problem::usage, why); }

  void unknown(std::string_view word) const {
    if (!finished_) return;
    std::vector<std::string_view> names;
    for (const auto rows : {global_options(), command_options()}) {
      for (const OptionRow& row : rows) names.push_back(row.name);
    }
    const std::string near = nearest(word, names);
    throw Error(Problem::usage, "there is no option " + std::string(word))
        .advise(near.empty() ? "'percpumap --help' lists them" : "did you mean " + near + "?");
  }

  std::span<const char* const> arguments_;
  const bool finished_;
  size_t at_ = 0;
  CommandLine line_;
};

// What CLI11's own conversion lets pass: a sign that wraps, other bases.
std::string number_complaint(const std::string& text) {
  const bool digits = !text.empty() && text.size() < 20 &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? "" : "expected a whole number of at most 19 digits, got '" + text + "'";
}

// `choices`: "table|json".
std::string choice_complaint(std::string_view choices, const std::string& text) {
  const bool found = text.find('|') == std::string::npos &&
                     ('|' + std::string(choices) + '|').find('|' + text + '|') != std::string::npos;
  return found ? "" : "expected " + std::string(choices) + ", got '" + shown(text) + "'";
}

void declare(CLI::App& app, const OptionRow& row, Options& options) {
  std::string names = row.letter != 0 ? std::string{'-', row.letter, ','} : std::string();
  names += row.name;
  if (!row.negation.empty()) names += ",!" + std::string(row.negation);
  const std::string help(row.help);
  CLI::Option* option = std::visit(
      [&](auto member) {
        auto& target = options.*member;
        using Target = std::remove_reference_t<decltype(target)>;
        if constexpr (std::is_same_v<Target, bool> || std::is_same_v<Target, int>) {
          return app.add_flag(names, target, help);
        } else {
          return row.argument.empty() ? app.add_flag(names, help) : app.add_option(names, target, help);
        }
      },
      row.target);
  if (row.argument.empty()) return;
  option->option_text(row.choices.empty() ? std::string(row.argument) : std::string(row.choices));
  option->take_last();
  if (std::holds_alternative<uint64_t Options::*>(row.target)) option->check(number_complaint);
  if (!row.choices.empty()) {
    option->check([&row](const std::string& text) { return choice_complaint(row.choices, text); });
  }
}

bool takes(const Command* command, const OptionRow& row) {
  const auto globals = global_options();
  if (&row >= globals.data() && &row < globals.data() + globals.size()) return true;
  return command != nullptr &&
         std::find(command->options.begin(), command->options.end(), row.name) != command->options.end();
}

// Names the commands that have it.
[[noreturn]] void miss_option(const Command* command, const OptionRow& row) {
  std::string others;
  for (const Command& other : commands()) {
    if (takes(&other, row)) others += (others.empty() ? "" : ", ") + std::string(other.name);
  }
  throw Error(Problem::usage, (command == nullptr ? "percpumap" : std::string(command->name)) +
                                  " has no option " + std::string(row.name))
      .advise("it is one of " + others);
}

std::string program_help() {
  std::string text =
      "Inspect and change per-CPU hash maps, on the real kernel or a simulated one.\n\n"
      "Usage: percpumap [OPTIONS] COMMAND [ARGUMENTS]\n\nCommands:\n";
  for (const Command& command : commands()) {
    std::string line = "  " + std::string(command.name);
    line.resize(std::max<size_t>(line.size() + 1, 16), ' ');
    text += line + std::string(command.summary) + "\n";
  }
  return text;
}

}  // namespace

CommandLine split_command_line(std::span<const char* const> arguments) {
  return Splitter(arguments, true).run();
}

CommandLine split_unfinished(std::span<const char* const> arguments) {
  return Splitter(arguments, false).run();
}

bool wants_json(std::span<const char* const> arguments) {
  constexpr std::string_view option = "--output=";
  bool json = false;
  for (const GivenOption& given : split_unfinished(arguments).options) {
    if (!given.text.starts_with(option)) continue;
    const std::string_view format = std::string_view(given.text).substr(option.size());
    json = format == "json" || format == "pretty" || format == "ndjson" || format == "bpftool-json";
  }
  return json;
}

// Only the options that are there are declared: declaring all of them is half of a short command's work.
Options parse_options(const CommandLine& line, const Command* command) {
  CLI::App app;
  app.set_help_flag();
  Options options;
  std::vector<const OptionRow*> declared;
  std::vector<std::string> arguments;
  for (const GivenOption& given : line.options) {
    if (!takes(command, *given.row)) miss_option(command, *given.row);
    if (given.text.ends_with('=') && given.text.find('=') == given.text.size() - 1) miss_argument(*given.row);
    arguments.insert(arguments.begin(), given.text);  // CLI11 takes them from the back
    if (std::find(declared.begin(), declared.end(), given.row) != declared.end()) continue;
    declare(app, *given.row, options);
    declared.push_back(given.row);
  }
  try {
    app.parse(arguments);
  } catch (const CLI::Error& error) {
    throw Error(Problem::usage, error.what());
  }
  if (options.dry_run && command != nullptr && command->effect == Effect::changes) {
    throw Error(Problem::usage, std::string(command->name) + " has no dry run");
  }
  return options;
}

std::string help_text(const Command* command) {
  CLI::App app;
  Options options;
  app.set_help_flag();
  for (const OptionRow& row : command_options()) {
    if (takes(command, row)) declare(app, row, options);
  }
  for (const OptionRow& row : global_options()) declare(app, row, options);
  CLI::Formatter formatter;
  formatter.column_width(34);
  std::string list = formatter.make_groups(&app, CLI::AppFormatMode::Normal);
  // CLI11's own notation for a flag that negates; blanks keep the columns.
  constexpr std::string_view negated = "{false}";
  for (size_t at; (at = list.find(negated)) != std::string::npos;) {
    list.replace(at, negated.size(), negated.size(), ' ');
  }
  if (command == nullptr) {
    return program_help() + list +
           "\n'percpumap COMMAND --help' tells more about one; so does 'man percpumap-COMMAND'.\n";
  }
  const std::string name(command->name);
  return std::string(command->summary) + "\n\nUsage: percpumap [OPTIONS] " + name +
         (command->synopsis.empty() ? "" : " ") + std::string(command->synopsis) + "\n" + list +
         "\nMore, with examples and exit statuses: man percpumap-" + name + "\n";
}

}  // namespace percpumap
