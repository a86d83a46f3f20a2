#include "cmd/withdrawal.h"

#include <fmt/format.h>

#include <algorithm>

namespace percpumap {
namespace {

// Whether other entries may fare better than the one that met `problem`.
bool is_of_one_entry(Problem problem) {
  return problem == Problem::exists || problem == Problem::full;
}

bool holds_something(Bytes row) {
  return std::ranges::any_of(row, [](std::byte byte) { return byte != std::byte{0}; });
}

}  // namespace

DrainWords EntryWithdrawal::words() const {
  return {.operation = "drain",
          .doing = "draining",
          .returned = "entries that were taken and not delivered are back in map",
          .refused = "entries could not be put back"};
}

PutBack EntryWithdrawal::put_back(Batch& batch, size_t first) {
  PutBack result;
  for (size_t i = first; i < batch.count; ++i) {
    if (put_back_entry(batch, i)) {
      ++result.returned;
    } else {
      result.refused.push_back(i);
    }
  }
  return result;
}

bool EntryWithdrawal::put_back_entry(const Batch& batch, size_t i) {
  if (map_takes_none_) return false;
  try {
    map_.update(batch.key(map_.shape(), i), batch.row(map_.shape(), i), kNoExist);
    return true;
  } catch (const Error& error) {
    map_takes_none_ = !is_of_one_entry(error.problem());
    if (!refusal_) refusal_ = error;
    return false;
  }
}

DrainWords CountWithdrawal::words() const {
  return {.operation = "zero",
          .doing = "zeroing",
          .returned = "entries got back what was taken from them and not delivered, in map",
          .refused = "entries could not get back what was taken from them"};
}

void CountWithdrawal::take(Batch& batch) {
  zeroing_.take(batch);
  if (key_.data() != nullptr && batch.count == 0) throw map_.failure(errno_code(ENOENT), "zero", key_);
}

PutBack CountWithdrawal::put_back(Batch& batch, size_t first) {
  const size_t taken = holding(batch, first).size();
  auto refusal = zeroing_.put_back(batch, first);
  if (!refusal_) refusal_ = std::move(refusal);
  PutBack result{.refused = holding(batch, first)};
  result.returned = taken - result.refused.size();
  return result;
}

std::vector<size_t> CountWithdrawal::holding(const Batch& batch, size_t first) const {
  std::vector<size_t> entries;
  for (size_t i = first; i < batch.count; ++i) {
    if (holds_something(batch.row(zeroing_.shape(), i))) entries.push_back(i);
  }
  return entries;
}

std::optional<Error> CountWithdrawal::left_behind() const {
  if (zeroing_.unreached() == 0) return std::nullopt;
  return Error(Problem::incomplete,
               fmt::format("offline CPUs ({}) keep {} values that are not 0, in map {}",
                           zeroing_.unreachable().to_string(), zeroing_.unreached(), map_.label()))
      .in("zero")
      .of(map_.label())
      .advise("before Linux 5.19 programs do not reach them: bring these CPUs online");
}

}  // namespace percpumap
