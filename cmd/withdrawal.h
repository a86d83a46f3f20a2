// What a drain takes out of a map, and the way back.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "map/map.h"
#include "map/zeroing.h"

namespace percpumap {

// The words of a drain's messages.
struct DrainWords {
  std::string_view operation;  // "drain"
  std::string_view doing;      // "draining"
  std::string_view returned;   // behind a number of entries
  std::string_view refused;    // likewise
};

// Which entries of a batch are back in the map, and which have to be kept elsewhere.
struct PutBack {
  uint64_t returned = 0;
  std::vector<size_t> refused{};
};

class Withdrawal {
 public:
  virtual ~Withdrawal() = default;

  virtual DrainWords words() const = 0;
  // `batch` was read by the scan just now. Throws Error; what is in `batch` then is taken all the same.
  virtual void take(Batch& batch) = 0;
  // Puts the entries from `first` on back, as far as can be; what is refused stands in `batch` as it has to
  // be kept.
  virtual PutBack put_back(Batch& batch, size_t first) = 0;
  // Why, though nothing failed, not all was taken.
  virtual std::optional<Error> left_behind() const { return std::nullopt; }

  // The first reason why something could not be put back.
  const std::optional<Error>& refusal() const { return refusal_; }

 protected:
  std::optional<Error> refusal_;
};

// Whole entries, which the scan itself removes (ScanOptions::take).
class EntryWithdrawal final : public Withdrawal {
 public:
  explicit EntryWithdrawal(Map& map) : map_(map) {}

  DrainWords words() const override;
  void take(Batch&) override {}
  PutBack put_back(Batch& batch, size_t first) override;

 private:
  bool put_back_entry(const Batch& batch, size_t i);

  Map& map_;
  bool map_takes_none_ = false;
};

// What entries have counted; they stay, with zeroes.
class CountWithdrawal final : public Withdrawal {
 public:
  // `key`: that of the scan's only entry, which has to be there; null: of all entries.
  CountWithdrawal(Map& map, Zeroing& zeroing, Bytes key) : map_(map), zeroing_(zeroing), key_(key) {}

  DrainWords words() const override;
  void take(Batch& batch) override;
  PutBack put_back(Batch& batch, size_t first) override;
  std::optional<Error> left_behind() const override;

 private:
  std::vector<size_t> holding(const Batch& batch, size_t first) const;

  Map& map_;
  Zeroing& zeroing_;
  const Bytes key_;
};

}  // namespace percpumap
