#include "map/cpu_writer.h"

#include <algorithm>
#include <cerrno>

#include "map/program_failure.h"

namespace percpumap {
namespace {

// Whether the exact ways are shut for a reason that read-modify-write gets round.
bool has_racy_way(Problem problem) {
  return problem == Problem::not_permitted || problem == Problem::unsupported;
}

}  // namespace

std::string_view method_name(CpuMethod method) {
  switch (method) {
    case CpuMethod::cpu_flag: return "cpu_flag";
    case CpuMethod::on_cpu_program: return "on_cpu_program";
    case CpuMethod::racy: return "racy";
  }
  return "";
}

CpuWriter::CpuWriter(Backend& backend, Map& map, const CpuList& cpus, Racy racy)
    : map_(map), cpus_(cpus), programs_(backend, map, "update", racy) {
  choose(racy);
}

void CpuWriter::choose(Racy racy) {
  map_.demand_writable("update");
  if (std::ranges::all_of(cpus_.ids(), [&](uint32_t cpu) { return map_.has_cpu_flag(cpu); })) {
    method_ = CpuMethod::cpu_flag;
    return;
  }
  try {
    for (const uint32_t cpu : cpus_.ids()) programs_.demand(cpu, Program::store);
    method_ = CpuMethod::on_cpu_program;
  } catch (const Error& error) {
    if (!has_racy_way(error.problem())) throw;
    if (racy == Racy::allowed) return;
    Error refused = error;
    refused.hint +=
        (refused.hint.empty() ? "" : "; ") +
        std::string("--racy reads the entry and writes it back, which loses what is counted meanwhile");
    throw Error(std::move(refused));
  }
}

void CpuWriter::put(const Batch& batch, uint64_t flags, uint64_t& done) {
  std::vector<char> stored(batch.count, 0);
  if (method_ == CpuMethod::on_cpu_program && flags != kNoExist) stored = store_all(batch);
  for (size_t i = 0; i < batch.count; ++i, ++done) {
    if (stored[i] == 0) put_one(batch, i, flags);
  }
}

void CpuWriter::put_one(const Batch& batch, size_t i, uint64_t flags) {
  const Bytes key = batch.key(map_.shape(), i);
  // The key may come and go between two calls: then again with what is there.
  for (;;) {
    if (flags != kNoExist && store(batch, i)) return;
    if (flags == kExist) throw map_.failure(errno_code(ENOENT), "update", key);
    if (insert(batch, i)) return;
    if (flags == kNoExist) throw map_.failure(errno_code(EEXIST), "update", key);
  }
}

// A whole new entry: nothing is counted there yet, and it comes with zeroes on the other CPUs, which
// BPF_F_CPU does not see to (7.0 and 7.1).
bool CpuWriter::insert(const Batch& batch, size_t i) {
  const Shape& shape = map_.shape();
  std::vector<std::byte> row(shape.row_size());
  for (const uint32_t cpu : cpus_.ids()) {
    const size_t slot = *shape.cpus.slot_of(cpu);
    std::ranges::copy(batch.value(shape, i, slot), row.begin() + static_cast<long>(slot * shape.stride()));
  }
  return map_.insert(batch.key(shape, i), row);
}

// Which entries are there and have their values.
std::vector<char> CpuWriter::store_all(const Batch& batch) {
  const Shape& shape = map_.shape();
  std::vector<char> stored(batch.count, 1);
  std::vector<std::byte> values(batch.count * shape.value_size);
  for (const uint32_t cpu : cpus_.ids()) {
    const size_t slot = *shape.cpus.slot_of(cpu);
    for (size_t i = 0; i < batch.count; ++i) {
      std::ranges::copy(batch.value(shape, i, slot),
                        values.begin() + static_cast<long>(i * shape.value_size));
    }
    ProgramCall call{.program = Program::store, .count = batch.count, .keys = batch.keys, .values = values};
    programs_.run(cpu, call);
    for (size_t i = 0; i < batch.count; ++i) stored[i] = static_cast<char>(stored[i] & call.results[i]);
  }
  return stored;
}

bool CpuWriter::store(const Batch& batch, size_t i) {
  const Shape& shape = map_.shape();
  const Bytes key = batch.key(shape, i);
  switch (method_) {
    case CpuMethod::racy: return store_racy(batch, i);
    case CpuMethod::cpu_flag:
      return std::ranges::all_of(cpus_.ids(), [&](uint32_t cpu) {
        return map_.update_cpu(key, cpu, batch.value(shape, i, *shape.cpus.slot_of(cpu)));
      });
    case CpuMethod::on_cpu_program: break;
  }
  Batch one;
  one.keys.assign(key.begin(), key.end());
  const Bytes row = batch.row(shape, i);
  one.rows.assign(row.begin(), row.end());
  one.count = 1;
  return store_all(one).front() != 0;
}

bool CpuWriter::store_racy(const Batch& batch, size_t i) {
  const Shape& shape = map_.shape();
  const Bytes key = batch.key(shape, i);
  std::vector<std::byte> row(shape.row_size());
  if (!map_.lookup(key, row)) return false;
  for (const uint32_t cpu : cpus_.ids()) {
    const size_t slot = *shape.cpus.slot_of(cpu);
    std::ranges::copy(batch.value(shape, i, slot), row.begin() + static_cast<long>(slot * shape.stride()));
  }
  return map_.replace(key, row);
}

}  // namespace percpumap
