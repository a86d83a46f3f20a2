#include "cli/case_file.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace percpumap::test {
namespace {

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class Parser {
 public:
  explicit Parser(std::string_view file) : file_(file) {}

  std::vector<Case> parse(std::string_view text) {
    for (const std::string& line : split_lines(text)) {
      ++line_;
      read(line);
    }
    finish_case();
    return std::move(cases_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(file_ + ".case:" + std::to_string(line_) + ": " + why);
  }

  void read(std::string_view line) {
    if (take(line, "== ")) {
      start_case(line);
    } else if (cases_.empty()) {
      if (!line.empty() && !line.starts_with("# ")) fail("a case starts with `== title`");
    } else if (take(line, "$ ")) {
      finish_step();
      cases_.back().steps.push_back(
          {.line = line_, .command = std::string(line), .out = {}, .err = {}, .status = 0});
    } else if (cases_.back().steps.empty()) {
      read_directive(line);
    } else {
      read_expectation(line);
    }
  }

  void read_directive(std::string_view line) {
    Case& current = cases_.back();
    if (line.empty() || line.starts_with("# ")) return;
    if (take(line, "@only ")) {
      const size_t colon = line.find(": ");
      if (colon == line.npos) fail("`@only` wants a reason: `@only sim: reason`");
      current.only = line.substr(0, colon);
      current.reason = line.substr(colon + 2);
      if (current.only != "sim" && current.only != "kernel") fail("`@only` is for sim or kernel");
    } else if (take(line, "@kernel ")) {
      read_kernel(line);
    } else if (line == "@offline") {
      current.offline = true;
    } else if (take(line, "@cpus ") && line.ends_with("+")) {
      current.min_cpus = static_cast<unsigned>(number(line.substr(0, line.size() - 1)));
    } else if (take(line, "@needs ")) {
      current.needs.emplace_back(line);
    } else {
      fail("neither a directive nor a command");
    }
  }

  // `line`: "5.14+" or "5.13-".
  void read_kernel(std::string_view line) {
    const bool from = line.ends_with('+');
    const auto version = parse_kernel_version(line.substr(0, line.size() - 1));
    if (!version || (!from && !line.ends_with('-')))
      fail("`@kernel` wants a version, and + or -: `@kernel 5.14+`");
    (from ? cases_.back().from : cases_.back().to) = version;
  }

  void read_expectation(std::string_view line) {
    Step& step = cases_.back().steps.back();
    if (take(line, "> ")) {
      step.command += "\n" + std::string(line);
    } else if (line == "!" || take(line, "! ")) {
      step.err.emplace_back(line == "!" ? "" : line);
    } else if (take(line, "? ")) {
      step.status = number(line);
    } else {
      step.out.emplace_back(line);
    }
  }

  void start_case(std::string_view title) {
    finish_case();
    if (!titles_.emplace(title).second) fail("a second case of this title");
    cases_.push_back({.file = file_,
                      .title = std::string(title),
                      .line = line_,
                      .only = {},
                      .reason = {},
                      .from = {},
                      .to = {},
                      .offline = false,
                      .min_cpus = 1,
                      .needs = {},
                      .steps = {}});
  }

  void finish_case() {
    finish_step();
    if (!cases_.empty() && cases_.back().steps.empty()) fail("the case before has no command");
  }

  void finish_step() {
    if (cases_.empty() || cases_.back().steps.empty()) return;
    std::vector<std::string>& out = cases_.back().steps.back().out;
    while (!out.empty() && out.back().empty()) out.pop_back();
  }

  // Drops `prefix` from `line` if it is there.
  static bool take(std::string_view& line, std::string_view prefix) {
    if (!line.starts_with(prefix)) return false;
    line.remove_prefix(prefix.size());
    return true;
  }

  int number(std::string_view digits) const {
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) fail("not a number");
    return value;
  }

  std::string file_;
  int line_ = 0;
  std::vector<Case> cases_;
  std::set<std::string, std::less<>> titles_;
};

}  // namespace

std::vector<Case> parse_cases(std::string_view file, std::string_view text) {
  return Parser(file).parse(text);
}

std::vector<Case> read_cases(const std::string& directory) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".case") paths.push_back(entry.path());
  }
  if (paths.empty()) throw std::runtime_error("no *.case in " + directory);
  std::sort(paths.begin(), paths.end());

  std::vector<Case> cases;
  for (const auto& path : paths) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    for (Case& one : parse_cases(path.stem().string(), text.str())) cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace percpumap::test
