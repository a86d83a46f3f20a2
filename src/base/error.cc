#include "base/error.h"

#include <array>
#include <cstring>
#include <utility>

namespace percpumap {
namespace {

struct Row {
  std::string_view name;
  int status;
};

Row row(Problem problem) {
  switch (problem) {
    case Problem::not_found: return {"not_found", 1};
    case Problem::exists: return {"exists", 1};
    case Problem::usage: return {"usage", 64};
    case Problem::bad_data: return {"bad_data", 65};
    case Problem::ambiguous: return {"ambiguous", 65};
    case Problem::no_such_map: return {"no_such_map", 66};
    case Problem::unsupported: return {"unsupported", 69};
    case Problem::bug: return {"bug", 70};
    case Problem::system: return {"system", 71};
    case Problem::full: return {"full", 71};
    case Problem::no_memory: return {"no_memory", 71};
    case Problem::cannot_create: return {"cannot_create", 73};
    case Problem::output_failed: return {"output_failed", 74};
    case Problem::incomplete: return {"incomplete", 75};
    case Problem::interrupted: return {"interrupted", 75};
    case Problem::not_permitted: return {"not_permitted", 77};
    case Problem::frozen: return {"frozen", 77};
  }
  return {"bug", 70};
}

}  // namespace

std::string_view problem_name(Problem problem) {
  return row(problem).name;
}

int exit_status(Problem problem) {
  return row(problem).status;
}

std::string errno_name(int number) {
  if (number == kKernelEnotsupp) return "ENOTSUPP";
  const char* name = strerrorname_np(number);
  return name != nullptr ? name : std::to_string(number);
}

std::optional<int> errno_by_name(std::string_view name) {
  if (!name.starts_with('E')) return std::nullopt;
  for (int number = 1; number <= kKernelEnotsupp; ++number) {
    if (errno_name(number) == name) return number;
  }
  return std::nullopt;
}

std::string errno_text(int number) {
  if (number == kKernelEnotsupp) return "Operation not supported by this kernel";
  return std::generic_category().message(number);
}

std::string shown(std::string_view word) {
  constexpr size_t kLongest = 60;
  std::string text(word.substr(0, kLongest));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  }
  return word.size() > kLongest ? text + "..." : text;
}

}  // namespace percpumap
