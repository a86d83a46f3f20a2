#include "sim/jhash.h"

#include <array>
#include <bit>

namespace percpumap {
namespace {

constexpr uint32_t kInitial = 0xdeadbeef;  // JHASH_INITVAL
constexpr size_t kBlock = 12;

using State = std::array<uint32_t, 3>;

// Adds up to 12 bytes, the first the lowest of state[0]; missing ones count as 0.
void add(State& state, Bytes bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    state[i / 4] += std::to_integer<uint32_t>(bytes[i]) << (8 * (i % 4));
  }
}

void mix(State& state) {
  constexpr std::array<int, 6> turns = {4, 6, 8, 16, 19, 4};
  for (size_t step = 0; step < turns.size(); ++step) {
    uint32_t& a = state[step % 3];
    uint32_t& b = state[(step + 1) % 3];
    uint32_t& c = state[(step + 2) % 3];
    a -= c;
    a ^= std::rotl(c, turns[step]);
    c += b;
  }
}

uint32_t finish(State& state) {
  constexpr std::array<int, 7> turns = {14, 11, 25, 16, 4, 14, 24};
  for (size_t step = 0; step < turns.size(); ++step) {
    uint32_t& target = state[(step + 2) % 3];
    const uint32_t source = state[(step + 1) % 3];
    target ^= source;
    target -= std::rotl(source, turns[step]);
  }
  return state[2];
}

}  // namespace

uint32_t jhash(Bytes key, uint32_t seed) {
  const uint32_t start = kInitial + static_cast<uint32_t>(key.size()) + seed;
  State state = {start, start, start};
  while (key.size() > kBlock) {
    add(state, key.first(kBlock));
    mix(state);
    key = key.subspan(kBlock);
  }
  if (key.empty()) return state[2];
  add(state, key);
  return finish(state);
}

}  // namespace percpumap
