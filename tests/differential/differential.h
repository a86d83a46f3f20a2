// Two kernels in lock step: random operations on maps that both have, every answer compared.
//
// Of a map with kZeroSeed every return code, count, cursor, byte of every buffer (padding of slots and what
// was not delivered to included) and order must be the same. Of one without, whose seed is random, the codes
// that no bucket decides, and the contents as a set.
//
// Set apart:
// - ids: only that each side's id leads to the same map, and for how long, give or take the moment by which
//   up to 5.10 a map outlives its last pin (bpf_free_inode(), kernel/bpf/inode.c);
// - the kernel's passing ENOMEM on maps without preallocated elements (kernel-semantics.md 1.4): asked again;
//   their values have at most 4096 bytes, because for more the kernel's per-CPU allocator, which may not
//   sleep there, can have no memory for as long as one waits;
// - stale slots and padding (3.4): they come from a program's helpers, not from any command here;
// - the constant in memlock, sizeof(struct bpf_htab): subtracted, after a look at an empty map of each side.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backend/backend.h"
#include "differential/dice.h"
#include "differential/generator.h"
#include "differential/map_call.h"
#include "differential/referee.h"

namespace percpumap::test {

class Differential {
 public:
  // `pin_directory` is on the bpffs of both sides, has an empty directory "sub", and is left as it was.
  Differential(Backend& judge, Backend& tried, const std::string& pin_directory, uint64_t seed);

  // At least `operations`, on `maps` maps one after the other (and some more beside them). Throws
  // Difference.
  void run(uint64_t operations, uint64_t maps);

  const Referee& referee() const { return referee_; }
  uint64_t maps() const { return maps_; }
  uint64_t batches() const { return batches_; }
  uint64_t entries() const { return entries_; }

 private:
  // One map opened in the same way on both sides.
  struct Twin {
    std::array<std::unique_ptr<RawMap>, 2> maps;
    std::shared_ptr<const Subject> subject;
    uint32_t cursor = 0;  // where the last batch ended, 0 if it was the end of the map
  };

  Twin& any_twin();
  const std::string& any_path() { return dice_.pick(paths_); }

  // Both sides' answers to `ask(side)`, which are the same.
  template <typename Ask>
  Answer both(std::string operation, Ask ask);
  template <typename Ask>
  Answer both_on(const Subject& subject, const std::string& operation, Ask ask);
  // As `both`, but the judge may take a second to come to what the other side says.
  template <typename Ask>
  Answer both_soon(std::string operation, Ask ask);
  template <typename Ask>
  Answer compare(Ask ask);
  // As `both`, for what opens a map; true with a new last twin, which has no subject yet.
  template <typename Open>
  bool open(const std::string& operation, Open open);

  void step();
  void call_map();
  void tell(Twin& twin);
  void audit(const Subject& subject);

  bool create(const MapSpec& spec);
  void create_map();
  void create_spoiled();
  void open_id(const std::shared_ptr<const Subject>& subject, uint32_t flags);
  void open_pin(const std::string& path);
  void pin();
  void unpin(const std::string& path);
  void look_at_pins();
  void list_ids();
  void close_one();
  void freeze();
  void begin_map();
  void retire();

  std::array<MapInfo, 2> infos(Twin& twin);
  uint64_t empty_memlock(Backend& backend) const;

  std::array<Backend*, 2> sides_;
  std::array<uint64_t, 2> memlock_;  // of an empty map
  std::vector<std::string> paths_;
  Dice dice_;
  Referee referee_;
  std::vector<std::shared_ptr<const Subject>> subjects_;  // dead ones among them
  std::vector<Twin> twins_;
  uint64_t maps_ = 0;
  uint64_t batches_ = 0;
  uint64_t entries_ = 0;  // moved by batches
};

}  // namespace percpumap::test
