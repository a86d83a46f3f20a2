// The words of a command, read from left to right.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cpu_list.h"
#include "map/map_ref.h"

namespace percpumap {

// Every method throws Error (usage) when the words are not what it takes; the message has the command's
// synopsis.
class Words {
 public:
  Words(std::vector<std::string> words, std::string_view command, std::string_view synopsis);

  bool empty() const { return at_ == words_.size(); }
  bool is(std::string_view keyword) const { return !empty() && words_[at_] == keyword; }
  // Takes the keyword if it is next.
  bool accept(std::string_view keyword);
  void expect(std::string_view keyword);
  // The next word, whatever it is; `what` names it in the message if there is none.
  std::string next(std::string_view what);
  uint32_t number(std::string_view what);
  // Of 64 bits, decimal or 0x…
  uint64_t wide_number(std::string_view what);

  MapRef map();
  // DATA: one word at least, and all up to the next of the grammar's keywords.
  std::span<const std::string> data(std::string_view what);
  // any|exist|noexist, if one of them is next.
  uint64_t update_flags();

  // Nothing may be left.
  void end() const;
  [[noreturn]] void fail(const std::string& why) const;

 private:
  std::vector<std::string> words_;
  size_t at_ = 0;
  std::string_view command_;
  std::string_view synopsis_;
};

// CPUS: a kernel list, `all` (possible) or `online`. Throws Error: usage for another form, bad_data for a CPU
// that is not possible here.
CpuList parse_cpus(const std::string& text, const CpuList& possible, const CpuList& online);

}  // namespace percpumap
