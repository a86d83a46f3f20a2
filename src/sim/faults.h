// Calls that are made to fail, or to be preceded by something that happens meanwhile.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace percpumap {

// The methods of Backend and RawMap that can fail on demand.
enum class Call {
  create,
  next_id,
  open_id,
  open_pin,
  info,
  usage,
  lookup,
  update,
  erase,
  take,
  next_key,
  lookup_batch,
  take_batch,
  update_batch,
  erase_batch,
  freeze,
  run_program,
  pin,
  unpin
};
inline constexpr size_t kCalls = static_cast<size_t>(Call::unpin) + 1;

// What goes wrong when. Calls are counted from 1, each kind by itself. Where several rules meet a call, the
// first that was added answers.
class Faults {
 public:
  // The calls `first` … `last` of this kind answer `code`, an errno.
  void fail(Call call, uint64_t first, uint64_t last, int code);
  void fail(Call call, uint64_t nth, int code) { fail(call, nth, nth, code); }
  // Before the nth call of this kind, `step` runs; it may make calls and add rules.
  void before(Call call, uint64_t nth, std::function<void()> step);

  bool empty() const { return rules_.empty(); }
  uint64_t calls(Call call) const { return counts_[static_cast<size_t>(call)]; }

  // Counts a call that is about to be made and says what it is to answer; 0: go on. Several threads may come
  // at once, unless a step adds rules.
  int meet(Call call);

 private:
  struct Rule {
    Call call;
    uint64_t first;
    uint64_t last;
    int code;
    std::function<void()> step;
  };
  std::vector<Rule> rules_;
  alignas(8) std::array<uint64_t, kCalls> counts_{};
};

// "lookup_batch:3:EINTR,update:10+:ENOMEM": the third lookup_batch, and from the tenth on every update. A
// call is named as in Call, an errno as errno_name() names it. Empty text is no faults.
// Throws Error (usage) that names the part which is wrong.
Faults parse_faults(std::string_view text);

}  // namespace percpumap
