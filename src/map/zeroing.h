// Counters set to zero while programs count there, and what they had counted.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "map/batch.h"
#include "map/cpu_programs.h"
#include "types/layout.h"

namespace percpumap {

// Exchanges values for zeroes on the CPUs whose they are: what is counted meanwhile is either in what was
// taken or still in the map. Map and backend outlive it.
class Zeroing {
 public:
  // For the slots of `cpus`; `value` says which bytes are numbers (see put_back()). Throws Error where
  // programs cannot run, or the map is frozen, before anything is changed.
  Zeroing(Backend& backend, Map& map, const CpuList& cpus, const Layout& value, Racy racy);

  // The map's with these CPUs.
  const Shape& shape() const { return shape_; }

  // `batch` comes with the rows that were read just now, of all possible CPUs. Afterwards it has shape(), and
  // its rows hold what was taken; a slot that was zero when it was read is left as it is. Entries that have
  // vanished since are left out. Throws Error; what is in `batch` then is taken all the same.
  void take(Batch& batch);

  // Adds what `batch` holds from entry `first` on to what is there now, and leaves in its rows what could not
  // be, for the first reason returned. Integers of native order are added one by one, and so are the words of
  // values without types; what is no number (an address, a name, a bit-field) is put back where no program
  // has written anew.
  std::optional<Error> put_back(Batch& batch, size_t first);

  // Entries that were left out, and slots that were left as they are because no program reaches them: those
  // of offline CPUs before Linux 5.19.
  uint64_t vanished() const { return vanished_; }
  uint64_t unreached() const { return unreached_; }
  const CpuList& unreachable() const { return unreachable_; }
  const CpuPrograms& programs() const { return programs_; }

 private:
  void demand_programs();
  void choose_numbers(const Layout& value);
  enum class Fate : char { untouched, missing, taken };
  std::optional<Error> exchange(Batch& batch, size_t slot, std::vector<Fate>& fates);
  void leave(Batch& batch, size_t slot) const;
  void leave_out_missing(const std::vector<Fate>& fates, Batch& batch);
  std::optional<Error> run(uint32_t cpu, ProgramCall& call);
  std::optional<Error> add(Batch& batch, size_t slot, const std::vector<size_t>& entries);
  void keep_what_is_new(uint32_t cpu, Bytes keys, std::vector<std::byte>& values);

  Map& map_;
  Shape shape_;
  CpuPrograms programs_;
  CpuList unreachable_;
  std::vector<AddedNumber> numbers_;  // cover a whole value
  std::vector<AddedNumber> others_;   // those of them that are no numbers
  bool backwards_ = true;             // through the CPUs, the last time
  uint64_t vanished_ = 0;
  uint64_t unreached_ = 0;
};

}  // namespace percpumap
