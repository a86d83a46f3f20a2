// Random maps and random calls: mostly sensible, so that maps fill and empty, with every kind of bad argument
// among them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "differential/dice.h"
#include "differential/map_call.h"

namespace percpumap::test {

// A map that both sides have, and what calls on it are made of.
struct Subject {
  uint64_t number = 0;  // from 1
  MapSpec spec;
  size_t row_size = 0;
  std::array<uint32_t, 2> ids{};  // one side's, the other's
  std::vector<Buffer> keys;       // a few more than fit

  // The order of its entries is the same on both sides.
  bool ordered() const { return (spec.flags & kZeroSeed) != 0; }
};

// A map that newer kernels make, of at most a few MiB.
MapSpec random_spec(Dice& dice, size_t cpus);
// With something wrong, or just not wrong enough.
void spoil(Dice& dice, MapSpec& spec);
// The keys of a new subject.
void make_keys(Dice& dice, Subject& subject);

// What open_id and open_pin take, seldom wrong.
uint32_t random_open_flags(Dice& dice);

// `cursor` is where the last batch ended. What a map without order answers differently by right is not
// asked of it.
MapCall random_call(Dice& dice, const Subject& subject, uint32_t cursor);

}  // namespace percpumap::test
