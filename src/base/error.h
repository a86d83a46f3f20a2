// What can go wrong, in the words that scripts rely on.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace percpumap {

// Each has one stable name (the "code" of a JSON error) and one exit status (table in CLI.md and the manual).
enum class Problem {
  not_found,      // 1: the key is not there
  exists,         // 1: the key is there already
  usage,          // 64: words that make no command
  bad_data,       // 65: a key, value, type or import line that cannot be
  ambiguous,      // 65: a name that several maps have
  no_such_map,    // 66: no map, pin or file of that name
  unsupported,    // 69: this kernel (or simulated kernel) lacks it
  bug,            // 70: ours
  system,         // 71: any other failure of the system
  full,           // 71: the map is full
  no_memory,      // 71
  cannot_create,  // 73: the map or its pin cannot be made
  output_failed,  // 74: output could not be written
  incomplete,     // 75: the walk was not whole
  interrupted,    // 75: by a signal
  not_permitted,  // 77: the kernel refused
  frozen,         // 77
};

std::string_view problem_name(Problem problem);
int exit_status(Problem problem);

// The only exception of this program. what() is the message for people, without the hint.
class Error : public std::runtime_error {
 public:
  Error(Problem problem, const std::string& message) : std::runtime_error(message), problem_(problem) {}

  Problem problem() const { return problem_; }

  // Filled in where they are known; empty (or 0) otherwise.
  std::error_code cause;
  std::string operation;  // "lookup"
  std::string map;        // "stats (id 7)"
  std::string hint;       // what to do about it

  Error&& because(std::error_code code) && {
    cause = code;
    return std::move(*this);
  }
  Error&& in(std::string_view op) && {
    operation = op;
    return std::move(*this);
  }
  Error&& of(std::string_view name) && {
    map = name;
    return std::move(*this);
  }
  Error&& advise(std::string_view text) && {
    hint = text;
    return std::move(*this);
  }

 private:
  Problem problem_;
};

// errno values that the C library has no words for: the kernel's own ENOTSUPP, which leaks out of BPF.
inline constexpr int kKernelEnotsupp = 524;

inline std::error_code errno_code(int number) {
  return {number, std::generic_category()};
}

// "ENOENT"; "ENOTSUPP" for 524; the number in digits where it has no name.
std::string errno_name(int number);
// The number whose errno_name() is `name`; digits are no name.
std::optional<int> errno_by_name(std::string_view name);
// "No such file or directory"; knows 524.
std::string errno_text(int number);

// A word that somebody wrote, for a message: never longer than a line, control characters as '?'.
std::string shown(std::string_view word);

}  // namespace percpumap
