// A backend whose calls can be made to fail, or to be preceded by something that happens meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backend/backend.h"

namespace percpumap::test {

enum class Call {
  lookup,
  update,
  erase,
  take,
  next_key,
  lookup_batch,
  take_batch,
  update_batch,
  erase_batch
};

// What goes wrong, shared by all maps of a FaultyBackend.
class Faults {
 public:
  // The nth call (from 1) of this kind answers `code`; with `repeat`, every nth one.
  void fail(Call call, int nth, int code, bool repeat = false) {
    rules_.push_back({call, nth, code, repeat, {}});
  }
  // Before the nth call of this kind, `step` runs.
  void before(Call call, int nth, std::function<void()> step) {
    rules_.push_back({call, nth, 0, false, std::move(step)});
  }

  int calls(Call call) const { return counts_[static_cast<size_t>(call)]; }

  // Called by the maps; 0: go on.
  int meet(Call call) {
    const int now = ++counts_[static_cast<size_t>(call)];
    for (size_t i = 0; i < rules_.size(); ++i) {
      if (rules_[i].call != call || (rules_[i].repeat ? now % rules_[i].nth : now - rules_[i].nth) != 0)
        continue;
      if (!rules_[i].step) return rules_[i].code;
      const auto step = rules_[i].step;  // it may add rules
      step();
    }
    return 0;
  }

 private:
  struct Rule {
    Call call;
    int nth;
    int code;
    bool repeat;
    std::function<void()> step;
  };
  std::vector<Rule> rules_;
  std::vector<int> counts_ = std::vector<int>(9);
};

// Forwards everything to `inner`, which it outlives not, under `faults`.
std::unique_ptr<Backend> make_faulty_backend(Backend& inner, Faults& faults);

}  // namespace percpumap::test
