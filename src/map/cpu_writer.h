// Some CPUs' values of an entry, written so that what the others count is not lost.
#pragma once

#include <string_view>

#include "map/cpu_programs.h"

namespace percpumap {

// The ways, best first.
enum class CpuMethod {
  cpu_flag,        // BPF_F_CPU of UPDATE_ELEM (7.0)
  on_cpu_program,  // a program that stores through a pointer, on that CPU
  racy,  // the entry is read, changed and written back: what is counted meanwhile, on any CPU, is lost
};
// The word of JSON and messages.
std::string_view method_name(CpuMethod method);

// Chooses its method once, by trying, not by the kernel's version. Backend and map outlive it.
class CpuWriter {
 public:
  // Throws Error where only the racy way is left and not allowed: why the better ones cannot be gone.
  CpuWriter(Backend& backend, Map& map, const CpuList& cpus, Racy racy);

  CpuMethod method() const { return method_; }
  const CpuPrograms& programs() const { return programs_; }

  // Writes for each entry of `batch`, whose rows have slots for all possible CPUs, those of `cpus`; the other
  // slots keep what they have, and of a new entry they are zero. flags: kAny, kNoExist (throws exists),
  // kExist (throws not_found). `done` counts the entries before the first that failed; others behind it may
  // be written all the same.
  void put(const Batch& batch, uint64_t flags, uint64_t& done);

 private:
  void choose(Racy racy);
  void put_one(const Batch& batch, size_t i, uint64_t flags);
  bool insert(const Batch& batch, size_t i);
  std::vector<char> store_all(const Batch& batch);
  bool store(const Batch& batch, size_t i);
  bool store_racy(const Batch& batch, size_t i);

  Map& map_;
  const CpuList cpus_;
  CpuPrograms programs_;
  CpuMethod method_ = CpuMethod::racy;
};

}  // namespace percpumap
