#include "differential/generator.h"

#include <algorithm>
#include <bit>
#include <set>

namespace percpumap::test {
namespace {

constexpr uint32_t kKmallocMaxSize = 4 << 20;
constexpr uint32_t kSizeofHtabElem = 48;
constexpr uint32_t kHighestMaxEntries = 1 << 27;
// Of all buffers of a map, so that none takes long.
constexpr size_t kMapBytes = 2 << 20;
// Without preallocation; see Differential.
constexpr uint32_t kHighestSlot = 4096;

uint32_t random_key_size(Dice& dice) {
  const uint32_t kind = dice.below(100);
  if (kind < 88) return dice.between(1, 64);
  if (kind < 95) return dice.between(505, 530);
  return dice.pick<uint32_t>({128, 1000, 2000, 4096});
}

uint32_t random_value_size(Dice& dice) {
  const uint32_t kind = dice.below(100);
  if (kind < 88) return dice.between(1, 300);
  if (kind < 98) return dice.between(1000, 9000);
  return dice.pick<uint32_t>({32760, 32761, 32768});
}

uint32_t random_max_entries(Dice& dice) {
  const uint32_t kind = dice.below(100);
  if (kind < 75) return dice.between(1, 40);
  if (kind < 95) return dice.between(1, 300);
  return dice.between(1, 2000);
}

uint32_t random_flags(Dice& dice) {
  uint32_t flags = 0;
  if (dice.percent(60)) flags |= kZeroSeed;
  if (dice.percent(40)) flags |= kNoPrealloc;
  if (dice.percent(10)) flags |= kNumaNode;
  if (dice.percent(15)) flags |= dice.pick<uint32_t>({kReadOnly, kWriteOnly});
  if (dice.percent(15)) flags |= dice.pick<uint32_t>({kReadOnlyProg, kWriteOnlyProg});
  return flags;
}

const std::vector<std::string>& good_names() {
  static const std::vector<std::string> names = {"", "t", "9x", ".x", "a.b_C9", "fifteen_letters"};
  return names;
}
const std::vector<std::string>& bad_names() {
  static const std::vector<std::string> names = {
      "sixteen_letters_", "seventeen_letters", "a-b", "a b", "a/b", "\xc3\xa4", "\x7f"};
  return names;
}

void spoil_flags(Dice& dice, MapSpec& spec) {
  switch (dice.below(4)) {
    case 0: spec.flags |= kReadOnly | kWriteOnly; break;
    case 1: spec.flags |= kReadOnlyProg | kWriteOnlyProg; break;
    case 2:
      spec.flags |= dice.percent(80) ? +kNumaNode : 0U;
      spec.numa_node = dice.pick<int32_t>({0, 1, -2, 1000});
      break;
    default: {
      const uint32_t bit = 1U << dice.below(32);
      // BPF_F_TOKEN_FD names a further argument.
      if (bit != 1U << 16) spec.flags |= bit;
    }
  }
}

void spoil_size(Dice& dice, MapSpec& spec) {
  switch (dice.below(4)) {
    case 0: spec.key_size = dice.pick<uint32_t>({0, kKmallocMaxSize, UINT32_MAX}); break;
    case 1: spec.value_size = dice.pick<uint32_t>({0, 32769, 40000, kKmallocMaxSize, UINT32_MAX}); break;
    case 2:
      spec.max_entries = dice.pick<uint32_t>({0, kHighestMaxEntries + 1, (1U << 31) + 1, UINT32_MAX});
      break;
    default:  // around the highest sum
      spec.max_entries = 1;
      spec.key_size = kKmallocMaxSize - kSizeofHtabElem - spec.value_size - dice.below(3);
  }
}

Buffer random_buffer(Dice& dice, size_t size) {
  Buffer buffer(size + kGuard);
  dice.fill(buffer);
  return buffer;
}

// Keys out of the pool, one behind the other.
Buffer some_keys(Dice& dice, const Subject& subject, size_t count) {
  Buffer keys;
  keys.reserve(count * subject.spec.key_size + kGuard);
  for (size_t i = 0; i < count; ++i) {
    const Buffer& key = dice.pick(subject.keys);
    keys.insert(keys.end(), key.begin(), key.end());
  }
  keys.resize(keys.size() + kGuard);
  return keys;
}

// BPF_F_CPU, mostly of a CPU that there is.
uint64_t one_cpu(Dice& dice) {
  const uint32_t cpu = dice.percent(70)   ? dice.below(4)
                       : dice.percent(90) ? dice.below(70)
                                          : dice.pick<uint32_t>({1024, 8192, 1U << 31, UINT32_MAX});
  return kOneCpu | uint64_t{cpu} << 32;
}

uint64_t rarely_bad_flags(Dice& dice) {
  if (!dice.one_in(12)) return 0;
  if (dice.one_in(3)) return one_cpu(dice);
  return dice.pick<uint64_t>({1, 2, 3, 4, 5, 8, 16, 24, 64, uint64_t{1} << 32, ~0ULL});
}

uint64_t update_flags(Dice& dice) {
  if (dice.percent(80)) return dice.pick<uint64_t>({kAny, kAny, kNoExist, kExist});
  if (dice.one_in(2)) return one_cpu(dice) | dice.pick<uint64_t>({kAny, kAny, kNoExist, kExist, kLock});
  return dice.pick<uint64_t>({3, 4, 5, 8, 9, 10, 16, 16, 17, 20, 64, uint64_t{1} << 32, ~0ULL});
}

uint32_t random_count(Dice& dice, uint32_t max_entries) {
  switch (dice.below(10)) {
    case 0: return 0;
    case 1: return max_entries;
    case 2: return max_entries + dice.between(1, 20);
    case 3:
    case 4: return dice.between(1, max_entries);
    case 5:
    case 6: return dice.between(1, 2);
    default: return dice.between(1, std::min(max_entries, 12U));
  }
}

std::optional<uint32_t> random_cursor(Dice& dice, const Subject& subject, uint32_t cursor) {
  const uint32_t buckets = std::bit_ceil(subject.spec.max_entries);
  switch (dice.below(8)) {
    case 0:
    case 1: return std::nullopt;
    case 2: return dice.below(buckets);
    case 3: return dice.pick<uint32_t>({buckets - 1, buckets, buckets + 1, UINT32_MAX});
    default: return cursor;
  }
}

void change_in_batches(Dice& dice, const Subject& subject, MapCall& call) {
  call.count = random_count(dice, std::min(subject.spec.max_entries, 100U));
  call.keys = some_keys(dice, subject, call.count);
  call.rows = random_buffer(dice, call.command == Command::update_batch ? call.count * subject.row_size : 0);
  if (dice.one_in(40)) call.keys.reset();
  if (dice.one_in(40)) call.rows.reset();
}

void walk_in_batches(Dice& dice, const Subject& subject, uint32_t cursor, MapCall& call) {
  const uint32_t max_entries = subject.spec.max_entries;
  call.count = random_count(dice, max_entries);
  const size_t room = std::min(call.count, max_entries);
  call.keys = random_buffer(dice, room * subject.spec.key_size);
  call.rows = random_buffer(dice, room * subject.row_size);
  if (room == max_entries && dice.one_in(4)) call.count = UINT32_MAX;
  call.in = random_cursor(dice, subject, cursor);
  if (dice.one_in(30)) call.keys.reset();
  if (dice.one_in(30)) call.rows.reset();
  if (dice.one_in(30)) call.out = MapCall::Out::null;
  if (dice.one_in(3)) call.out = MapCall::Out::same_as_in;
}

// Where a bucket ends is chance: only whole walks say the same.
void walk_whole(Dice& dice, const Subject& subject, MapCall& call) {
  const uint32_t max_entries = subject.spec.max_entries;
  call.count = dice.one_in(10) ? 0 : max_entries + dice.below(3);
  call.keys = random_buffer(dice, size_t{max_entries} * subject.spec.key_size);
  call.rows = random_buffer(dice, max_entries * subject.row_size);
  if (dice.one_in(10)) call.in = dice.pick<uint32_t>({std::bit_ceil(max_entries), UINT32_MAX});
}

MapCall batch_call(Dice& dice, const Subject& subject, uint32_t cursor, Command command) {
  MapCall call;
  call.command = command;
  call.flags = rarely_bad_flags(dice);
  call.elem_flags = rarely_bad_flags(dice);
  if (!walks_buckets(command)) {
    change_in_batches(dice, subject, call);
  } else if (subject.ordered()) {
    walk_in_batches(dice, subject, cursor, call);
  } else {
    walk_whole(dice, subject, call);
  }
  return call;
}

MapCall single_call(Dice& dice, const Subject& subject, Command command) {
  MapCall call;
  call.command = command;
  call.keys = some_keys(dice, subject, 1);
  call.rows = random_buffer(dice, command == Command::next_key ? subject.spec.key_size : subject.row_size);
  call.flags = command == Command::update ? update_flags(dice) : rarely_bad_flags(dice);
  if (dice.one_in(command == Command::next_key ? 5 : 40)) call.keys.reset();
  if (dice.one_in(40)) call.rows.reset();
  return call;
}

Command random_command(Dice& dice) {
  static const std::vector<std::pair<uint32_t, Command>> weights = {
      {32, Command::update},    {14, Command::lookup},      {12, Command::erase},
      {7, Command::take},       {12, Command::next_key},    {10, Command::lookup_batch},
      {3, Command::take_batch}, {6, Command::update_batch}, {4, Command::erase_batch}};
  uint32_t left = dice.below(100);
  for (const auto& [weight, command] : weights) {
    if (left < weight) return command;
    left -= weight;
  }
  return Command::lookup;
}

}  // namespace

MapSpec random_spec(Dice& dice, size_t cpus) {
  MapSpec spec;
  spec.key_size = random_key_size(dice);
  spec.value_size = random_value_size(dice);
  spec.flags = random_flags(dice);
  if ((spec.flags & kNoPrealloc) != 0) spec.value_size = std::min(spec.value_size, kHighestSlot);
  spec.name = dice.pick(good_names());
  const size_t entry = spec.key_size + round_up8(spec.value_size) * cpus;
  const auto fitting = static_cast<uint32_t>(std::max<size_t>(1, kMapBytes / entry));
  spec.max_entries = std::min(random_max_entries(dice), fitting);
  return spec;
}

void spoil(Dice& dice, MapSpec& spec) {
  do {
    switch (dice.below(4)) {
      case 0: spec.type = dice.pick<uint32_t>({0, 9999, UINT32_MAX}); break;
      case 1: spoil_flags(dice, spec); break;
      case 2: spoil_size(dice, spec); break;
      default: spec.name = dice.pick(bad_names());
    }
  } while (dice.one_in(3));
}

void make_keys(Dice& dice, Subject& subject) {
  const MapSpec& spec = subject.spec;
  size_t wanted = spec.max_entries + spec.max_entries / 4 + 2;
  if (spec.key_size == 1) wanted = std::min<size_t>(wanted, 200);
  std::set<Buffer> keys;
  while (keys.size() < wanted) {
    Buffer key(spec.key_size);
    // Keys as people have them differ in few bytes.
    dice.fill(dice.one_in(2) ? MutableBytes(key) : MutableBytes(key).first(std::min<size_t>(2, key.size())));
    keys.insert(std::move(key));
  }
  subject.keys.assign(keys.begin(), keys.end());
}

uint32_t random_open_flags(Dice& dice) {
  if (dice.percent(75)) return 0;
  if (dice.percent(70)) return dice.pick<uint32_t>({kReadOnly, kWriteOnly});
  return dice.pick<uint32_t>({kReadOnly | kWriteOnly, 1, 2, 4, 32, kZeroSeed, kReadOnly | 1, 1U << 31, ~0U});
}

MapCall random_call(Dice& dice, const Subject& subject, uint32_t cursor) {
  const Command command = random_command(dice);
  return is_batch(command) ? batch_call(dice, subject, cursor, command) : single_call(dice, subject, command);
}

}  // namespace percpumap::test
