#include "map/counter.h"

#include <algorithm>

namespace percpumap {
namespace {

// An entry that has the delta on `cpus` and nothing else.
std::vector<std::byte> new_row(const Shape& shape, Bytes delta, std::span<const uint32_t> cpus) {
  std::vector<std::byte> row(shape.row_size());
  for (const uint32_t cpu : cpus) {
    const size_t slot = *shape.cpus.slot_of(cpu);
    std::ranges::copy(delta, row.begin() + static_cast<long>(slot * shape.stride()));
  }
  return row;
}

}  // namespace

void add_to_entry(CpuPrograms& programs, Bytes key, const Delta& delta, const CpuList& cpus) {
  Map& map = programs.map();
  map.demand_writable("add");
  for (const uint32_t cpu : cpus.ids()) programs.demand(cpu, Program::add, delta.numbers);
  const auto ids = cpus.ids();
  for (size_t i = 0; i < ids.size();) {
    ProgramCall call{.program = Program::add, .keys = key, .values = delta.value, .numbers = delta.numbers};
    programs.run(ids[i], call);
    if (call.results.front() != 0) {
      ++i;
    } else if (map.insert(key, new_row(map.shape(), delta.value, ids.subspan(i)))) {
      return;
    }
  }
}

}  // namespace percpumap
