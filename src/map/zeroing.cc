#include "map/zeroing.h"

#include <algorithm>
#include <cerrno>

#include "map/delta.h"
#include "map/stages.h"

namespace percpumap {
namespace {

bool is_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

void clear(MutableBytes bytes) {
  std::ranges::fill(bytes, std::byte{0});
}

MutableBytes value_of(Batch& batch, const Shape& shape, size_t i, size_t slot) {
  return MutableBytes(batch.rows).subspan(i * shape.row_size() + slot * shape.stride(), shape.value_size);
}

// Entries from `first` on whose slot is not zero.
std::vector<size_t> nonzero(const Batch& batch, const Shape& shape, size_t first, size_t slot) {
  std::vector<size_t> entries;
  for (size_t i = first; i < batch.count; ++i) {
    if (!is_zero(batch.value(shape, i, slot))) entries.push_back(i);
  }
  return entries;
}

std::vector<std::byte> keys_of(const Batch& batch, const Shape& shape, const std::vector<size_t>& entries) {
  std::vector<std::byte> keys;
  keys.reserve(entries.size() * shape.key_size);
  for (const size_t i : entries) {
    const Bytes key = batch.key(shape, i);
    keys.insert(keys.end(), key.begin(), key.end());
  }
  return keys;
}

// The largest aligned words that bytes [begin, end) are made of.
void add_words(size_t begin, size_t end, std::vector<AddedNumber>& words) {
  while (begin < end) {
    size_t size = 8;
    while (begin % size != 0 || size > end - begin) size /= 2;
    words.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(size)});
    begin += size;
  }
}

}  // namespace

Zeroing::Zeroing(Backend& backend, Map& map, const CpuList& cpus, const Layout& value, Racy racy)
    : map_(map), shape_(map.shape()), programs_(backend, map, "zero", racy) {
  shape_.cpus = cpus;
  map.demand_writable("zero");
  demand_programs();
  choose_numbers(value);
}

void Zeroing::demand_programs() {
  std::vector<uint32_t> unreachable;
  for (const uint32_t cpu : shape_.cpus.ids()) {
    if (!programs_.reaches(cpu, Program::exchange)) unreachable.push_back(cpu);
  }
  unreachable_ = CpuList(std::move(unreachable));
}

void Zeroing::choose_numbers(const Layout& value) {
  if (value.is_bytes()) return add_words(0, shape_.value_size, numbers_);
  numbers_ = native_integers(value);
  size_t end = 0;
  for (const AddedNumber& number : numbers_) {
    add_words(end, number.offset, others_);
    end = number.offset + number.size;
  }
  add_words(end, shape_.value_size, others_);
  numbers_.insert(numbers_.end(), others_.begin(), others_.end());
}

// Through the CPUs there and back, for going to one can take milliseconds. Behind a failure nothing more is
// taken, and the rows must not say so.
void Zeroing::take(Batch& batch) {
  if (shape_.cpus != map_.shape().cpus) choose_cpus(map_.shape(), shape_.cpus, batch);
  std::vector<Fate> fates(batch.count, Fate::untouched);
  std::optional<Error> failure;
  const size_t slots = shape_.cpus.size();
  backwards_ = !backwards_;
  for (size_t n = 0; n < slots; ++n) {
    const size_t slot = backwards_ ? slots - 1 - n : n;
    if (failure) {
      leave(batch, slot);
    } else {
      failure = exchange(batch, slot, fates);
    }
  }
  leave_out_missing(fates, batch);
  if (failure) throw Error(std::move(*failure));
}

void Zeroing::leave(Batch& batch, size_t slot) const {
  for (size_t i = 0; i < batch.count; ++i) {
    const size_t at = i * shape_.row_size() + slot * shape_.stride();
    clear(MutableBytes(batch.rows).subspan(at, shape_.stride()));
  }
}

std::optional<Error> Zeroing::exchange(Batch& batch, size_t slot, std::vector<Fate>& fates) {
  const uint32_t cpu = shape_.cpus.ids()[slot];
  const std::vector<size_t> entries = nonzero(batch, shape_, 0, slot);
  leave(batch, slot);
  if (entries.empty()) return std::nullopt;
  if (unreachable_.contains(cpu)) {
    unreached_ += entries.size();
    return std::nullopt;
  }
  const std::vector<std::byte> keys = keys_of(batch, shape_, entries);
  const std::vector<std::byte> zeroes(entries.size() * shape_.value_size);
  ProgramCall call{.program = Program::exchange, .count = entries.size(), .keys = keys, .values = zeroes};
  auto failure = run(cpu, call);
  for (size_t n = 0; n < call.results.size(); ++n) {
    Fate& fate = fates[entries[n]];
    if (call.results[n] != 0) {
      fate = Fate::taken;
      std::ranges::copy(Bytes(call.values_read).subspan(n * shape_.value_size, shape_.value_size),
                        value_of(batch, shape_, entries[n], slot).begin());
    } else if (fate == Fate::untouched) {
      fate = Fate::missing;
    }
  }
  return failure;
}

void Zeroing::leave_out_missing(const std::vector<Fate>& fates, Batch& batch) {
  const size_t key_size = shape_.key_size;
  const size_t row_size = shape_.row_size();
  size_t kept = 0;
  for (size_t i = 0; i < batch.count; ++i) {
    if (fates[i] == Fate::missing) continue;
    if (kept != i) {
      std::memcpy(&batch.keys[kept * key_size], &batch.keys[i * key_size], key_size);
      std::memcpy(&batch.rows[kept * row_size], &batch.rows[i * row_size], row_size);
    }
    ++kept;
  }
  vanished_ += batch.count - kept;
  batch.count = kept;
}

std::optional<Error> Zeroing::run(uint32_t cpu, ProgramCall& call) {
  try {
    programs_.run(cpu, call);
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  }
}

std::optional<Error> Zeroing::put_back(Batch& batch, size_t first) {
  std::optional<Error> refusal;
  for (size_t slot = 0; slot < shape_.cpus.size(); ++slot) {
    const std::vector<size_t> entries = nonzero(batch, shape_, first, slot);
    if (entries.empty()) continue;
    auto error = add(batch, slot, entries);
    if (!refusal) refusal = std::move(error);
  }
  return refusal;
}

std::optional<Error> Zeroing::add(Batch& batch, size_t slot, const std::vector<size_t>& entries) {
  const uint32_t cpu = shape_.cpus.ids()[slot];
  const std::vector<std::byte> keys = keys_of(batch, shape_, entries);
  std::vector<std::byte> values;
  values.reserve(entries.size() * shape_.value_size);
  for (const size_t i : entries) {
    const Bytes value = batch.value(shape_, i, slot);
    values.insert(values.end(), value.begin(), value.end());
  }
  if (!others_.empty()) keep_what_is_new(cpu, keys, values);
  ProgramCall call{
      .program = Program::add, .count = entries.size(), .keys = keys, .values = values, .numbers = numbers_};
  auto refusal = run(cpu, call);
  for (size_t n = 0; n < call.results.size(); ++n) {
    if (call.results[n] != 0) {
      clear(value_of(batch, shape_, entries[n], slot));
    } else if (!refusal) {
      refusal = map_.failure(errno_code(ENOENT), "zero", batch.key(shape_, entries[n]));
    }
  }
  return refusal;
}

// What is no number cannot be added to: it goes back only onto zeroes. A program that writes it between this
// look and the addition gets the sum, until it writes again.
void Zeroing::keep_what_is_new(uint32_t cpu, Bytes keys, std::vector<std::byte>& values) {
  const size_t size = shape_.value_size;
  ProgramCall call{.program = Program::lookup, .count = values.size() / size, .keys = keys};
  if (run(cpu, call)) return;  // and so will the addition fail
  for (size_t n = 0; n < call.results.size(); ++n) {
    const Bytes now = Bytes(call.values_read).subspan(n * size, size);
    const MutableBytes ours = MutableBytes(values).subspan(n * size, size);
    const auto is_left = [&](const AddedNumber& other) {
      return is_zero(now.subspan(other.offset, other.size));
    };
    if (std::ranges::all_of(others_, is_left)) continue;
    for (const AddedNumber& other : others_) clear(ours.subspan(other.offset, other.size));
  }
}

}  // namespace percpumap
