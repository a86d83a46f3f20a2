#include "cmd/cursor.h"

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace percpumap {
namespace {

void fix(Cursor& cursor, size_t count) {
  cursor.fixed += cursor.typed.substr(0, count);
  cursor.typed.erase(0, count);
}

// "--output=js", "-ojs", "-jojs".
void find_attached_argument(Cursor& cursor) {
  const std::string& word = cursor.typed;
  if (word.starts_with("--")) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) return;
    cursor.option = find_option(std::string_view(word).substr(0, equals));
    return fix(cursor, equals + 1);
  }
  for (size_t i = 1; i + 1 < word.size() && word.front() == '-'; ++i) {
    const OptionRow* row = find_option(std::string{'-', word[i]});
    if (row == nullptr) return;
    if (row->argument.empty()) continue;
    cursor.option = row;
    return fix(cursor, i + 1);
  }
}

void drop_first(std::vector<std::string>& words) {
  words.erase(words.begin());
}

void find_command_word(Cursor& cursor) {
  std::vector<std::string>& words = cursor.line.words;
  for (const std::string_view habit : {"map", "help"}) {
    if (!words.empty() && words.front() == habit) drop_first(words);
  }
  cursor.awaits_command = words.empty();
  if (words.empty()) return;
  try {
    cursor.command = &find_command(words.front());
  } catch (const Error&) {
    return;
  }
  drop_first(words);
}

bool takes(const Step& step, std::string_view word) {
  return step.label == word || is_place(step.label);
}

void follow_steps(Cursor& cursor) {
  const auto states = read_synopsis(cursor.command->synopsis, cursor.command->any_order);
  size_t state = 0;
  for (const std::string& word : cursor.line.words) {
    const Steps& steps = states[state];
    const auto step =
        std::find_if(steps.begin(), steps.end(), [&](const Step& at) { return takes(at, word); });
    if (step == steps.end()) return;
    cursor.after = step->label;
    state = step->next;
  }
  cursor.steps = states[state];
}

}  // namespace

Cursor find_cursor(std::span<const std::string> words) {
  std::vector<const char*> before;
  for (const std::string& word : words.first(words.size() - 1)) before.push_back(word.c_str());
  Cursor cursor;
  cursor.line = split_unfinished(before);
  cursor.typed = words.back();
  cursor.option = cursor.line.waiting;
  if (cursor.option == nullptr && !cursor.line.ended) find_attached_argument(cursor);
  find_command_word(cursor);
  if (cursor.option == nullptr && cursor.fixed.empty() && cursor.command != nullptr) follow_steps(cursor);
  return cursor;
}

}  // namespace percpumap
