#include "sim/faults.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"

namespace percpumap {
namespace {

// In the order of Call.
constexpr std::array<std::string_view, kCalls> kNames = {
    "create",      "next_id", "open_id",     "open_pin", "info",         "usage",      "lookup",
    "update",      "erase",   "take",        "next_key", "lookup_batch", "take_batch", "update_batch",
    "erase_batch", "freeze",  "run_program", "pin",      "unpin"};

std::string all_names() {
  std::string names;
  for (const std::string_view name : kNames) names.append(names.empty() ? "" : ", ").append(name);
  return names;
}

Error bad_fault(std::string_view fault, const std::string& why, std::string_view hint) {
  return Error(Problem::usage, "bad fault '" + std::string(fault) + "': " + why).advise(hint);
}

std::string quoted(std::string_view word) {
  return "'" + std::string(word) + "'";
}

// Cuts off and returns what stands before the first `separator`, or all.
std::string_view cut(std::string_view& text, char separator) {
  const size_t at = std::min(text.find(separator), text.size());
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return head;
}

std::optional<Call> call_by_name(std::string_view name) {
  const auto at = std::ranges::find(kNames, name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<Call>(at - kNames.begin());
}

// Digits that do not begin with 0.
std::optional<uint64_t> parse_nth(std::string_view digits) {
  uint64_t nth = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, nth);
  if (error != std::errc() || stop != end || digits.front() == '0') return std::nullopt;
  return nth;
}

void add_fault(std::string_view fault, Faults& faults) {
  if (std::ranges::count(fault, ':') != 2) {
    throw bad_fault(fault, "it is not of three parts",
                    "PERCPUMAP_SIM_FAULTS takes CALL:N:ERRNO and CALL:N+:ERRNO, with commas between");
  }
  std::string_view rest = fault;
  const std::string_view name = cut(rest, ':');
  std::string_view digits = cut(rest, ':');
  const auto call = call_by_name(name);
  if (!call) throw bad_fault(fault, "there is no call " + quoted(name), "the calls are " + all_names());
  const bool onward = digits.ends_with('+');
  const auto nth = parse_nth(digits.substr(0, digits.size() - (onward ? 1 : 0)));
  if (!nth)
    throw bad_fault(fault, quoted(digits) + " counts no call",
                    "calls are counted from 1; '3+' is the third and all later ones");
  const auto code = errno_by_name(rest);
  if (!code)
    throw bad_fault(fault, "there is no error " + quoted(rest),
                    "errors are named as in errno(3), for example EINTR");
  faults.fail(*call, *nth, onward ? UINT64_MAX : *nth, *code);
}

}  // namespace

void Faults::fail(Call call, uint64_t first, uint64_t last, int code) {
  rules_.push_back({call, first, last, code, {}});
}

void Faults::before(Call call, uint64_t nth, std::function<void()> step) {
  rules_.push_back({call, nth, nth, 0, std::move(step)});
}

int Faults::meet(Call call) {
  const uint64_t now = std::atomic_ref(counts_[static_cast<size_t>(call)]).fetch_add(1) + 1;
  for (size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    if (rule.call != call || now < rule.first || now > rule.last) continue;
    if (!rule.step) return rule.code;
    const auto step = rule.step;  // rules that it adds may move this one
    step();
  }
  return 0;
}

Faults parse_faults(std::string_view text) {
  Faults faults;
  if (text.empty()) return faults;
  for (;;) {
    const bool last = text.find(',') == text.npos;
    add_fault(cut(text, ','), faults);
    if (last) return faults;
  }
}

}  // namespace percpumap
